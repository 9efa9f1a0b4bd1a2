import type { Curve } from '../data/curves.js';
import { type PageCurves, type PageData, splitsOf } from '../data/page-data.js';
import { type CurvesSvgOptions, curvesFigure, curvesLayout } from '../figures/curves-svg.js';
import { shortNumber } from '../figures/scale.js';
import { pageStyle } from '../figures/style.js';
import { html } from '../html.js';

interface Drawn {
  readonly curves: readonly Curve[];
  readonly options: CurvesSvgOptions;
}

/** JSON has no NaN. */
const numbers = (values: readonly (number | null)[]): number[] => values.map((value) => value ?? Number.NaN);

const revived = (curve: Curve): Curve => ({
  ...curve,
  mean: numbers(curve.mean),
  ...(curve.low && { low: numbers(curve.low) }),
  ...(curve.high && { high: numbers(curve.high) }),
});

/** Readouts under the pointer, and the figure where any measure can be chosen. Measures and splits are found by their place. */
export function connectCharts(data: PageData): void {
  const measures = data.curves.map((entry) => ({ ...entry, curves: entry.curves.map(revived) }));
  for (const figure of document.querySelectorAll<HTMLElement>('figure.chart[data-place]')) {
    const shown = measures[Number(figure.dataset.place)];
    if (shown) connectReadout(figure, () => ({ curves: shown.curves, options: { title: shown.title } }));
  }
  connectExplorer(measures);
}

function connectExplorer(measures: readonly PageCurves[]): void {
  const explorer = document.querySelector<HTMLElement>('.explorer');
  const figure = document.querySelector<HTMLElement>('#explorer');
  const choice = document.querySelector<HTMLSelectElement>('#measure');
  const log = document.querySelector<HTMLInputElement>('#curve-log');
  if (!explorer || !figure || !choice || !log) return;
  explorer.hidden = false;
  const boxes = [...explorer.querySelectorAll<HTMLInputElement>('[name=split]')];
  const splits = splitsOf(measures);
  let drawn: Drawn = { curves: [], options: {} };
  const draw = () => {
    const shown = measures[choice.selectedIndex];
    if (!shown) return;
    const { curves, title } = shown;
    const wanted = splits.filter((_, i) => boxes[i]?.checked);
    const width = Math.max(280, Math.round(figure.clientWidth));
    drawn = {
      curves: curves.filter(({ split }) => wanted.includes(split)),
      options: {
        title,
        width,
        height: Math.round(Math.min(420, Math.max(220, width * 0.45))),
        log: log.checked,
        legend: false,
        style: pageStyle,
      },
    };
    figure.querySelector('svg')?.remove();
    figure.insertAdjacentHTML('afterbegin', curvesFigure(drawn.curves, drawn.options).toString());
  };
  choice.selectedIndex = Math.max(
    0,
    measures.findIndex(({ measure }) => measure === 'loss'),
  );
  for (const control of [choice, log, ...boxes]) control.addEventListener('change', draw);
  connectReadout(figure, () => drawn);
  let width = 0;
  new ResizeObserver(() => {
    if (figure.clientWidth === width) return;
    width = figure.clientWidth;
    draw();
  }).observe(figure);
  draw();
}

/** A line at the epoch under the pointer, with the value of each curve there. */
function connectReadout(figure: HTMLElement, current: () => Drawn): void {
  const readout = document.createElement('div');
  readout.className = 'readout';
  readout.hidden = true;
  const rule = document.createElement('div');
  rule.className = 'readout-line';
  rule.hidden = true;
  figure.append(rule, readout);
  const hide = () => {
    readout.hidden = true;
    rule.hidden = true;
  };
  figure.addEventListener('pointerleave', hide);
  figure.addEventListener('pointermove', (event) => {
    const svg = figure.querySelector('svg');
    const { curves, options } = current();
    if (!svg || curves.length === 0) return hide();
    const box = svg.getBoundingClientRect();
    const outer = figure.getBoundingClientRect();
    const ratio = box.width / svg.viewBox.baseVal.width;
    const layout = curvesLayout(curves, options);
    const x = (event.clientX - box.left) / ratio;
    if (x < layout.left - 8 || x > layout.right + 8) return hide();
    const epochs = [...new Set(curves.flatMap((curve) => [...curve.epochs]))];
    const distance = (epoch: number) => Math.abs(layout.across.at(epoch) - x);
    const epoch = epochs.reduce((a, b) => (distance(b) < distance(a) ? b : a));
    const rows = curves.map(({ mean, epochs: own, label, split }) => {
      const value = mean[own.indexOf(epoch)];
      return html`<tr><td><i></i>${label}</td><td>${split}</td><td>${value === undefined ? '–' : shortNumber(value)}</td></tr>`;
    });
    readout.innerHTML = html`<table><caption>epoch ${epoch}</caption>${rows}</table>`.toString();
    // The page's policy allows no style in markup.
    readout.querySelectorAll('i').forEach((mark, i) => {
      mark.style.background = curves[i]!.colour;
    });
    readout.hidden = false;
    rule.hidden = false;
    const at = box.left - outer.left + layout.across.at(epoch) * ratio;
    const top = box.top - outer.top + layout.top * ratio;
    rule.style.cssText = `left:${at}px;top:${top}px;height:${(layout.bottom - layout.top) * ratio}px`;
    const room = outer.width - readout.offsetWidth;
    const beside = at + 12 + readout.offsetWidth <= outer.width ? at + 12 : at - 12 - readout.offsetWidth;
    readout.style.left = `${Math.max(0, Math.min(room, beside))}px`;
    readout.style.top = `${top}px`;
  });
}
