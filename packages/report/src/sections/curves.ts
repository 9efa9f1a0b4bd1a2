import { type PageCurves, splitsOf } from '../data/page-data.js';
import type { ReportFacts } from '../facts.js';
import { curvesFigure } from '../figures/curves-svg.js';
import { pageStyle } from '../figures/style.js';
import { html, nothing } from '../html.js';
import { lossName, type Section } from './markup.js';

/** Places of the measures shown at once, of those that were recorded. */
function shown({ foreground, classes, material }: ReportFacts, measures: readonly PageCurves[]): number[] {
  // Of classes that overlap the next is an object of its own.
  const second = classes.find((name) => name !== foreground);
  const wanted = [
    `iou.${foreground}`,
    `confidence.${foreground}`,
    'pixelAccuracy',
    `dice.${foreground}`,
    `${material.overlapping ? 'iou' : 'confidence'}.${second}`,
    'loss',
  ];
  return wanted
    .map((name) => measures.findIndex(({ measure }) => measure === name))
    .filter((place) => place >= 0);
}

/** Curves of training: the main measures at once, and any one large. The page finds a measure by its place. */
export function curvesSection(facts: ReportFacts, measures: readonly PageCurves[]): Section {
  const band = facts.seeds.length > 1 ? ' The band goes from the lowest to the highest seed.' : '';
  const splits = splitsOf(measures);
  const parts = splits.length === 0 ? 'images' : `${listed(splits)} images`;
  return {
    id: 'curves',
    title: 'Training',
    lead: `After each epoch on the ${parts}.${band} Values of different losses are not on one scale: compare their shapes.`,
    content: measures.length === 0 ? nothing : content(facts, measures, splits),
  };
}

const listed = (names: readonly string[]) =>
  names.length < 2
    ? names.join('')
    : `${names.slice(0, -1).join(', the ')} and the ${names[names.length - 1]}`;

function content(facts: ReportFacts, measures: readonly PageCurves[], splits: readonly string[]) {
  const charts = shown(facts, measures).map((place) => {
    const { measure, title, curves } = measures[place]!;
    const figure = curvesFigure(curves, { title, legend: false, style: pageStyle });
    return html`<div class="chart" data-place="${place}" data-measure="${measure}"><figure>${figure}</figure></div>`;
  });
  const key = [
    ...facts.losses.map((loss) => lossName(facts.losses, loss)),
    ...splits.map((split) => html`<span class="loss"><b class="${split}"></b>${split}</span>`),
  ];
  const options = measures.map(({ measure, title }) => html`<option value="${measure}">${title}</option>`);
  const boxes = splits.map(
    (split) => html`<label><input type="checkbox" name="split" value="${split}" checked> ${split}</label>`,
  );
  return html`<p class="key">${key}</p><div class="charts">${charts}</div><div class="explorer" hidden><h3>Any measure</h3><div class="controls"><label>Measure <select id="measure">${options}</select></label>${boxes}<label><input type="checkbox" id="curve-log"> logarithmic</label></div><div class="chart large" id="explorer"></div></div>`;
}
