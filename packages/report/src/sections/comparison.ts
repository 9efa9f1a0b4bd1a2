import { isOfMasks } from '../data/answer.js';
import { headlineMeasures } from '../data/headline-measures.js';
import {
  intervalOf,
  isMeasured,
  measuresOf,
  measureTitle,
  perImage,
  shareText,
  shortfall,
} from '../data/scores.js';
import type { ReportFacts } from '../facts.js';
import { intervalsTable } from '../figures/figure-tables.js';
import { intervalsFigure } from '../figures/intervals-svg.js';
import { pageStyle } from '../figures/style.js';
import { type Html, html, nothing } from '../html.js';
import { foldsHtml } from './folds.js';
import { looksHtml } from './looks.js';
import { lossName, lossVariable, type Section, savedFigure, scrolling } from './markup.js';
import { powerHtml } from './power.js';
import { scoredWeightsHtml } from './scored-weights.js';
import { testsHtml } from './tests.js';
import { varianceHtml } from './variance.js';

/** Final scores on the test images, how they scatter, and the tests between pairs of losses. */
export function comparisonSection(facts: ReportFacts): Section {
  const measures = headlineMeasures(facts);
  const others = measuresOf(facts).filter((measure) => !measures.includes(measure));
  const more =
    others.length === 0
      ? nothing
      : html`<details><summary>All other measures</summary>${scoreTable(facts, others, 'All other measures of each loss')}</details>`;
  const counted = facts.seeds.length > 1 ? ' (each averaged over the seeds)' : '';
  const interval = withInterval(facts, measures);
  return {
    id: 'comparison',
    title: 'Comparison',
    lead: isOfMasks(facts)
      ? `Every mask against the truth: the mean over images${interval}. The best mean of each column is bold.`
      : `The chosen weights on the test images: the mean over images${counted}${interval}. The best mean of each column is bold.`,
    content:
      measures.length === 0
        ? nothing
        : html`${scoreTable(facts, measures, 'Scores of each loss')}${more}${scoredWeightsHtml(facts)}${scatter(facts, measures)}${testsHtml(facts)}${foldsHtml(facts)}${looksHtml(facts)}${powerHtml(facts)}${varianceHtml(facts)}`,
  };
}

/** What is said of intervals where there are some: one patient has none. */
const withInterval = (facts: ReportFacts, measures: readonly string[]): string =>
  measures.some((measure) =>
    facts.losses.some((loss) => Number.isFinite(intervalOf(facts, loss, measure).low)),
  )
    ? ' with its 95 % interval'
    : '';

function scoreTable(facts: ReportFacts, measures: readonly string[], label: string): Html {
  const { losses } = facts;
  const rows = losses.map((loss) => measures.map((measure) => intervalOf(facts, loss, measure)));
  const best = measures.map((measure, m) => {
    const short = rows.map((row) => shortfall(measure, row[m]!.mean)).filter(Number.isFinite);
    return Math.min(...short);
  });
  const head = measures.map((measure) => html`<th scope="col">${measureTitle(measure)}</th>`);
  const body = losses.map((loss, l) => {
    const cells = rows[l]!.map(({ measure, mean, low, high }, m) => {
      const value = shareText(mean);
      const isBest = losses.length > 1 && shortfall(measure, mean) === best[m];
      const interval =
        Number.isFinite(low) && Number.isFinite(high)
          ? html`<small>${shareText(low)}–${shareText(high)}</small>`
          : nothing;
      return html`<td>${isBest ? html`<strong>${value}</strong>` : value}${interval}</td>`;
    });
    return html`<tr><th scope="row">${lossName(losses, loss)}</th>${cells}</tr>`;
  });
  return scrolling(
    label,
    html`<table class="scores"><thead><tr><th scope="col">${isOfMasks(facts) ? 'Masks of' : 'Trained with'}</th>${head}</tr></thead><tbody>${body}</tbody></table>`,
  );
}

function scatter(facts: ReportFacts, measures: readonly string[]): Html {
  const figures = measures
    .slice(0, 4)
    .filter((measure) => !measure.startsWith('dice.') && isMeasured(facts, measure));
  if (figures.length === 0) return nothing;
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
    const title = measureTitle(measure);
    const drawn = intervalsFigure(rows, { title, style: pageStyle });
    return savedFigure(`Scores ${title}`, drawn, intervalsTable(rows));
  });
  return html`<div class="charts">${drawn}</div><p class="note">Each dot is a test image; the bar is the mean${withInterval(facts, figures)}.</p>`;
}
