import { intervalOf, measuresOf, measureTitle, perImage, shareText, shortfall } from '../data/scores.js';
import type { ReportFacts } from '../facts.js';
import { intervalsSvg } from '../figures/intervals-svg.js';
import { pageStyle } from '../figures/style.js';
import { escapeText } from '../figures/svg.js';
import { lossName, lossVariable, scrolling, section } from './markup.js';
import { testsHtml } from './tests.js';

/** Measures that answer the study's question, of those that were scored. */
export function headlineMeasures(facts: ReportFacts): string[] {
  const { foreground, classes } = facts;
  const wanted = [
    `iou.${foreground}`,
    `dice.${foreground}`,
    'pixelAccuracy',
    `confidence.${foreground}`,
    ...classes.filter((name) => name !== foreground).map((name) => `confidence.${name}`),
  ];
  const there = measuresOf(facts);
  return wanted.filter((measure) => there.includes(measure));
}

/** Final scores on the test images, how they scatter, and the tests between pairs of losses. */
export function comparisonHtml(facts: ReportFacts): string {
  const measures = headlineMeasures(facts);
  if (measures.length === 0) return '';
  const others = measuresOf(facts).filter((measure) => !measures.includes(measure));
  const more =
    others.length === 0
      ? ''
      : `<details><summary>All other measures</summary>${scoreTable(facts, others)}</details>`;
  return section(
    {
      id: 'comparison',
      title: 'Comparison',
      lead: 'Final weights on the test images: the mean over images (each averaged over the seeds) with its 95 % interval. The best mean of each column is bold.',
    },
    scoreTable(facts, measures) + more + scatter(facts, measures) + testsHtml(facts),
  );
}

function scoreTable(facts: ReportFacts, measures: readonly string[]): string {
  const { losses } = facts;
  const rows = losses.map((loss) => measures.map((measure) => intervalOf(facts, loss, measure)));
  const best = measures.map((measure, m) => {
    const short = rows.map((row) => shortfall(measure, row[m]!.mean)).filter(Number.isFinite);
    return Math.min(...short);
  });
  const head = measures.map((measure) => `<th scope="col">${escapeText(measureTitle(measure))}</th>`);
  const body = losses.map((loss, l) => {
    const cells = rows[l]!.map(({ measure, mean, low, high }, m) => {
      const value = shareText(mean);
      const isBest = losses.length > 1 && shortfall(measure, mean) === best[m];
      const interval =
        Number.isFinite(low) && Number.isFinite(high)
          ? `<small>${shareText(low)}–${shareText(high)}</small>`
          : '';
      return `<td>${isBest ? `<strong>${value}</strong>` : value}${interval}</td>`;
    });
    return `<tr><th scope="row">${lossName(losses, loss)}</th>${cells.join('')}</tr>`;
  });
  return scrolling(
    'Scores of each loss',
    `<table class="scores"><thead><tr><th scope="col">Trained with</th>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table>`,
  );
}

function scatter(facts: ReportFacts, measures: readonly string[]): string {
  const figures = measures.slice(0, 4).filter((measure) => !measure.startsWith('dice.'));
  const drawn = figures.map((measure) => {
    const rows = facts.losses.map((loss, i) => {
      const { mean, low, high } = intervalOf(facts, loss, measure);
      return {
        label: loss,
        colour: lossVariable(i),
        points: perImage(facts, loss, measure),
        mean,
        low,
        high,
      };
    });
    return `<figure>${intervalsSvg(rows, { title: measureTitle(measure), style: pageStyle })}</figure>`;
  });
  return `<div class="charts">${drawn.join('')}</div><p class="note">Each dot is a test image; the bar is the mean with its 95 % interval.</p>`;
}
