import type { Curve } from '../data/curves.js';
import { type CurvesSvgOptions, curvesFigure, curvesLayout } from '../figures/curves-svg.js';
import { curvesTable } from '../figures/figure-tables.js';
import { shortNumber } from '../figures/scale.js';
import { pageStyle } from '../figures/style.js';
import { html } from '../html.js';
import { dress, type Mounted, made } from './mounted.js';
import { type SavedFigure, savingRow } from './saving.js';

/** Curves to read values from. */
export interface CurvesData {
  readonly curves: readonly Curve[];
  /** Title, axis, logarithm, legend; colours default to those of the page. */
  readonly options?: CurvesSvgOptions;
  /** Draw at the width of the element instead of scaling the figure. Default false. */
  readonly fit?: boolean;
  /** Offer the figure as SVG and PNG, its numbers as CSV. Default false. */
  readonly save?: boolean;
}

/**
 * Curves as a figure in which the pointer, or the left and right arrow keys, read the values at a place.
 * @param element emptied and filled.
 * @param data to show.
 * @returns `update` to show other data, `dispose` to end.
 */
export function mountCurves(element: HTMLElement, data: CurvesData): Mounted<CurvesData> {
  dress(element);
  const picture = made('div');
  const rule = made('div', { class: 'readout-line', hidden: '' });
  const readout = made('div', { class: 'readout', hidden: '', 'aria-live': 'polite' });
  const figure = made('figure', { tabindex: '0', role: 'group' }, picture, rule, readout);
  const stop = new AbortController();
  const { signal } = stop;
  let shown = data;
  let drawn: CurvesSvgOptions = {};
  let at: number | undefined;
  const draw = () => {
    const { options = {}, fit = false } = shown;
    const width = Math.max(280, Math.round(element.clientWidth));
    const height = Math.round(Math.min(420, Math.max(220, width * 0.45)));
    drawn = { style: pageStyle, ...options, ...(fit && { width, height }) };
    figure.setAttribute('aria-label', `${options.title ?? 'Curves'}: read values with the arrow keys.`);
    picture.innerHTML = curvesFigure(shown.curves, drawn).toString();
  };
  const hide = () => {
    at = undefined;
    readout.hidden = true;
    rule.hidden = true;
  };
  const places = () => [...new Set(shown.curves.flatMap((curve) => [...curve.epochs]))].sort((a, b) => a - b);
  const read = (place: number) => {
    const svg = picture.querySelector('svg');
    if (!svg) return;
    at = place;
    const rows = shown.curves.map(({ mean, epochs, label, split }) => {
      const value = mean[epochs.indexOf(place)];
      return html`<tr><td><i></i>${label}</td><td>${split}</td><td>${value === undefined ? '–' : shortNumber(value)}</td></tr>`;
    });
    const along = drawn.across ?? 'epoch';
    readout.innerHTML =
      html`<table><caption>${along} ${shortNumber(place)}</caption>${rows}</table>`.toString();
    // A page's policy may allow no style in markup.
    readout.querySelectorAll('i').forEach((mark, i) => {
      mark.style.background = shown.curves[i]!.colour;
    });
    readout.hidden = false;
    rule.hidden = false;
    const [box, outer] = [svg.getBoundingClientRect(), figure.getBoundingClientRect()];
    const ratio = box.width / svg.viewBox.baseVal.width;
    const layout = curvesLayout(shown.curves, drawn);
    const x = box.left - outer.left + layout.across.at(place) * ratio;
    const y = box.top - outer.top + layout.top * ratio;
    rule.style.cssText = `left:${x}px;top:${y}px;height:${(layout.bottom - layout.top) * ratio}px`;
    const room = outer.width - readout.offsetWidth;
    const beside = x + 12 + readout.offsetWidth <= outer.width ? x + 12 : x - 12 - readout.offsetWidth;
    readout.style.left = `${Math.max(0, Math.min(room, beside))}px`;
    readout.style.top = `${y}px`;
  };
  figure.addEventListener('pointerleave', hide, { signal });
  figure.addEventListener('blur', hide, { signal });
  figure.addEventListener(
    'pointermove',
    (event) => {
      const svg = picture.querySelector('svg');
      if (!svg || shown.curves.length === 0) return hide();
      const box = svg.getBoundingClientRect();
      const layout = curvesLayout(shown.curves, drawn);
      const x = ((event.clientX - box.left) * svg.viewBox.baseVal.width) / box.width;
      if (x < layout.left - 8 || x > layout.right + 8) return hide();
      const far = (place: number) => Math.abs(layout.across.at(place) - x);
      const all = places();
      if (all.length > 0) read(all.reduce((a, b) => (far(b) < far(a) ? b : a)));
    },
    { signal },
  );
  figure.addEventListener(
    'keydown',
    (event) => {
      const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
      if (event.key === 'Escape') hide();
      const all = places();
      if (step === 0 || all.length === 0) return;
      event.preventDefault();
      const from = at === undefined ? (step > 0 ? -1 : all.length) : all.indexOf(at);
      read(all[Math.max(0, Math.min(all.length - 1, from + step))]!);
    },
    { signal },
  );
  const saved = (): SavedFigure => ({
    title: shown.options?.title ?? 'Curves',
    table: () => curvesTable(shown.curves, shown.options?.across),
    // By itself a figure has no page around it that says which colour is which.
    drawn: () => {
      const place = made('div');
      place.innerHTML = curvesFigure(shown.curves, { ...drawn, legend: true }).toString();
      return place.querySelector('svg');
    },
  });
  element.replaceChildren(figure, ...(data.save ? [savingRow(saved)] : []));
  draw();
  let width = element.clientWidth;
  const resize = new ResizeObserver(() => {
    if (shown.fit !== true || element.clientWidth === width) return;
    width = element.clientWidth;
    draw();
  });
  resize.observe(element);
  return {
    update(next) {
      shown = next;
      hide();
      draw();
    },
    dispose() {
      stop.abort();
      resize.disconnect();
      element.replaceChildren();
    },
  };
}
