import type { PageCurves } from '../data/page-data.js';
import type { ReportFacts } from '../facts.js';
import { curvesSvg } from '../figures/curves-svg.js';
import { pageStyle } from '../figures/style.js';
import { escapeText } from '../figures/svg.js';
import { lossName, section } from './markup.js';

/** Measures shown at once, of those that were recorded. */
function shown({ foreground, classes }: ReportFacts, measures: readonly PageCurves[]): PageCurves[] {
  const background = classes.find((name) => name !== foreground);
  const wanted = [
    `iou.${foreground}`,
    `confidence.${foreground}`,
    'pixelAccuracy',
    `dice.${foreground}`,
    `confidence.${background}`,
    'loss',
  ];
  return wanted.flatMap((name) => measures.find(({ measure }) => measure === name) ?? []);
}

/** Curves of training: the main measures at once, and any one large. */
export function curvesHtml(facts: ReportFacts, measures: readonly PageCurves[]): string {
  if (measures.length === 0) return '';
  const charts = shown(facts, measures).map(
    ({ measure, title, curves }) =>
      `<figure class="chart" data-measure="${escapeText(measure)}">${curvesSvg(curves, {
        title,
        legend: false,
        style: pageStyle,
      })}</figure>`,
  );
  const splits = [...new Set(measures.flatMap(({ curves }) => curves.map(({ split }) => split)))].sort();
  const key = [
    ...facts.losses.map((loss) => lossName(facts.losses, loss)),
    ...splits.map(
      (split) => `<span class="loss"><b class="${escapeText(split)}"></b>${escapeText(split)}</span>`,
    ),
  ];
  const options = measures.map(
    ({ measure, title }) => `<option value="${escapeText(measure)}">${escapeText(title)}</option>`,
  );
  const explorer = `<div class="explorer" hidden><h3>Any measure</h3><div class="controls"><label>Measure <select id="measure">${options.join(
    '',
  )}</select></label>${splits
    .map(
      (split) =>
        `<label><input type="checkbox" name="split" value="${escapeText(split)}" checked> ${escapeText(split)}</label>`,
    )
    .join(
      '',
    )}<label><input type="checkbox" id="curve-log"> logarithmic</label></div><figure class="chart large" id="explorer"></figure></div>`;
  const band = facts.seeds.length > 1 ? ' The band goes from the lowest to the highest seed.' : '';
  return section(
    {
      id: 'curves',
      title: 'Training',
      lead: `After each epoch on the train and the test images.${band} Values of different losses are not on one scale: compare their shapes.`,
    },
    `<p class="key">${key.join('')}</p><div class="charts">${charts.join('')}</div>${explorer}`,
  );
}
