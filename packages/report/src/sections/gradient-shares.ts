import type { Curve } from '../data/curves.js';
import type { ReportFacts } from '../facts.js';
import { curvesFigure } from '../figures/curves-svg.js';
import { curvesTable } from '../figures/figure-tables.js';
import { pageStyle } from '../figures/style.js';
import type { Html } from '../html.js';
import type { ForensicsFact, GroupShareFact } from '../landscape-facts.js';
import { lossVariable, savedFigure } from './markup.js';

const mistakes = new Map([
  ['right', 'pixels that are right'],
  ['unsure mistake', 'unsure mistakes'],
  ['confident mistake', 'confident mistakes'],
]);

/** How pixels are sorted, as a heading, and what a group is called. */
export type Sorting = readonly [sorting: string, heading: string, named: (group: string) => string];

export const sortings: readonly Sorting[] = [
  ['class', 'By class', (group) => group],
  ['border', 'By distance to the border', (group) => `pixels ${group} from it`],
  ['size', 'By the size of the object', (group) => `objects of ${group}`],
  ['mistake', 'By right and wrong', (group) => mistakes.get(group) ?? group],
];

/** Of the loss that the network was trained with. */
export const shareOf = (
  { shares, loss }: ForensicsFact,
  sorting: string,
  group: string,
): GroupShareFact | undefined =>
  (Object.hasOwn(shares, loss) ? shares[loss] : undefined)?.[sorting]?.find((entry) => entry.group === group);

/** The share of a group by epoch, for each loss at the weights of its own network. */
function curvesOf(
  { losses }: ReportFacts,
  forensics: readonly ForensicsFact[],
  sorting: string,
  group: string,
): Curve[] {
  return losses.flatMap((label, i) => {
    const own = forensics
      .filter(({ loss }) => loss === label)
      .map((fact) => ({ epoch: fact.epoch, share: shareOf(fact, sorting, group)?.share ?? Number.NaN }));
    if (own.length === 0 || own.every(({ share }) => !Number.isFinite(share))) return [];
    return [
      {
        label,
        colour: lossVariable(i),
        split: '',
        epochs: own.map(({ epoch }) => epoch),
        mean: own.map(({ share }) => share),
      },
    ];
  });
}

/** A figure for each group of a sorting: its share by epoch. */
export function shareFigures(
  facts: ReportFacts,
  forensics: readonly ForensicsFact[],
  [sorting, , named]: Sorting,
  name: string,
): Html[] {
  const groups = new Set(
    forensics
      .flatMap(({ shares }) => Object.values(shares).flatMap((of) => of[sorting] ?? []))
      .map(({ group }) => group),
  );
  return [...groups].flatMap((group) => {
    const own = curvesOf(facts, forensics, sorting, group);
    const title = `From ${named(group)}`;
    return own.length === 0
      ? []
      : [savedFigure(`${name} ${title}`, curvesFigure(own, { title, style: pageStyle }), curvesTable(own))];
  });
}
