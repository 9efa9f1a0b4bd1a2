import { countOf } from '@segscape/core';
import type { ReportFacts } from '../facts.js';
import { isCrossed, isOfMasks, selectionText } from './answer.js';
import { comparedLosses } from './compared-losses.js';
import { headlineMeasures } from './headline-measures.js';
import { pixelsOf } from './pixels-of.js';
import { intervalOf, measureTitle, shortfall } from './scores.js';
import { isUntestable } from './testable.js';
import { datasetName } from './title.js';

const special: ReadonlyMap<string, string> = new Map([
  ['\\', '\\textbackslash{}'],
  ['~', '\\textasciitilde{}'],
  ['^', '\\textasciicircum{}'],
  ['α', '$\\alpha$'],
  ['β', '$\\beta$'],
  ['γ', '$\\gamma$'],
  ['µ', '\\textmu{}'],
]);

/** A text that LaTeX sets as it is. */
const latexText = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/[\\~^αβγµ]|[&%$#_{}]/g, (character) => special.get(character) ?? `\\${character}`);

const number = (value: number) => (Number.isFinite(value) ? value.toFixed(3) : '--');

/**
 * The headline scores as a LaTeX table: a row a loss, the mean with its 95 % interval, the best of each column bold. It needs
 * the package booktabs.
 * @param facts of a finished run.
 * @returns the source of a `tabular`, empty where nothing was scored.
 */
export function latexTable(facts: ReportFacts): string {
  const measures = headlineMeasures(facts);
  if (measures.length === 0) return '';
  const { losses } = facts;
  const cells = losses.map((loss) => measures.map((measure) => intervalOf(facts, loss, measure)));
  const best = measures.map((measure, m) =>
    Math.min(...cells.map((row) => shortfall(measure, row[m]!.mean)).filter(Number.isFinite)),
  );
  const rows = losses.map((loss, l) => {
    const values = cells[l]!.map(({ measure, mean, low, high }, m) => {
      const bold = losses.length > 1 && shortfall(measure, mean) === best[m];
      const value = bold ? `\\textbf{${number(mean)}}` : number(mean);
      return Number.isFinite(low) ? `${value} (${number(low)}--${number(high)})` : value;
    });
    return `${[latexText(loss), ...values].join(' & ')} \\\\`;
  });
  const head = ['Loss', ...measures.map((measure) => latexText(measureTitle(measure)))].join(' & ');
  return [
    `\\begin{tabular}{l${'r'.repeat(measures.length)}}`,
    '\\toprule',
    `${head} \\\\`,
    '\\midrule',
    ...rows,
    '\\bottomrule',
    '\\end{tabular}',
    '',
  ].join('\n');
}

/** `a network of 1,000 parameters with 2 losses (dice, focal)`. */
function trainedText(facts: ReportFacts): string {
  const { parameters, networks } = facts.material;
  const losses = comparedLosses(facts);
  const size = (count: number) => `${count.toLocaleString('en')} parameters`;
  const named = losses.join(', ');
  if (networks === undefined)
    return `a network of ${size(parameters)} with ${countOf(losses.length, 'loss', 'losses')} (${named})`;
  const each = networks.map((network) => `${network.label}, of ${size(network.parameters)}`).join('; ');
  return `${networks.length} networks (${each}), each with every loss (${named})`;
}

/**
 * How the study was made, as a paragraph for a paper: data, network, trainings, choice, measures and statistics.
 * @param facts of a finished run.
 * @returns plain text.
 */
export function methodsParagraph(facts: ReportFacts): string {
  const { material, losses, seeds, environment, selection, classes, groups } = facts;
  const { train, validation = 0, test, folds, sizes, channels, dataset } = material;
  const size = (sides: readonly number[]) => sides.join(' × ');
  const sides =
    size(sizes.smallest) === size(sizes.largest)
      ? size(sizes.smallest)
      : `${size(sizes.smallest)} to ${size(sizes.largest)}`;
  const machine = environment[environment.length - 1];
  const statistics = isUntestable(facts)
    ? 'Tests between pairs need scores of more than one patient, and were not made.'
    : isCrossed(facts)
      ? 'Intervals and tests take seeds and patients as crossed random effects (Dorfman, Berbaum and Metz, 1992), with Holm’s correction over the pairs.'
      : `Means are given with 95 % intervals over ${groups === undefined ? 'the test images' : 'the patients'}; pairs were compared by a paired permutation test with Holm’s correction.`;
  if (isOfMasks(facts))
    return `We compared ${countOf(losses.length, 'set')} of masks (${losses.join(', ')}) with the truth of ${countOf(test, 'image')} of ${sides} ${pixelsOf(material)} with the classes ${classes.join(', ')}. ${statistics}`;
  const parts = [
    `We trained ${trainedText(facts)}, ${seeds.length === 1 ? 'once' : `${seeds.length} times`} each (seed${seeds.length === 1 ? '' : 's'} ${seeds.join(', ')}), ${folds === undefined ? `on ${countOf(train, 'image')}` : `in each of ${folds.length} folds on some ${countOf(train, 'image')}`} of ${datasetName(dataset)} (${sides} ${pixelsOf(material)}, ${countOf(channels, 'channel')}; classes ${classes.join(', ')})${validation > 0 ? `, with ${countOf(validation, 'validation image')}` : ''}.`,
    `Networks were scored on ${folds === undefined ? `${countOf(test, 'test image')} that took no part in training or choice` : `the images of their fold, which took no part in training or choice, so that each of the ${folds.reduce((sum, fold) => sum + fold.test, 0)} images counts once`}${selection === undefined ? '' : ` (scored weights: ${selectionText(selection)})`}.`,
    statistics,
    machine === undefined
      ? ''
      : `Computed with SegScape on TensorFlow.js (${[machine.backend, machine.executor, machine.precision].filter(Boolean).join(', ')}).`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}
