import type { Curve } from '../data/curves.js';
import { type PageCurves, type PageData, splitsOf } from '../data/page-data.js';
import { mountCurves } from './curves.js';

/** JSON has no NaN. */
const numbers = (values: readonly (number | null)[]): number[] => values.map((value) => value ?? Number.NaN);

const revived = (curve: Curve): Curve => ({
  ...curve,
  mean: numbers(curve.mean),
  ...(curve.low && { low: numbers(curve.low) }),
  ...(curve.high && { high: numbers(curve.high) }),
});

/**
 * Readouts in the figures of training, and the figure where any measure can be chosen. Measures and splits are found by
 * their place.
 * @param data of the page.
 */
export function connectCharts(data: PageData): void {
  const measures = data.curves.map((entry) => ({ ...entry, curves: entry.curves.map(revived) }));
  for (const place of document.querySelectorAll<HTMLElement>('.chart[data-place]')) {
    const shown = measures[Number(place.dataset.place)];
    if (shown)
      mountCurves(place, {
        curves: shown.curves,
        options: { title: shown.title, legend: false },
        save: true,
      });
  }
  connectExplorer(measures);
}

function connectExplorer(measures: readonly PageCurves[]): void {
  const explorer = document.querySelector<HTMLElement>('.explorer');
  const place = document.querySelector<HTMLElement>('#explorer');
  const choice = document.querySelector<HTMLSelectElement>('#measure');
  const log = document.querySelector<HTMLInputElement>('#curve-log');
  if (!explorer || !place || !choice || !log) return;
  explorer.hidden = false;
  const boxes = [...explorer.querySelectorAll<HTMLInputElement>('[name=split]')];
  const splits = splitsOf(measures);
  choice.selectedIndex = Math.max(
    0,
    measures.findIndex(({ measure }) => measure === 'loss'),
  );
  const chosen = () => {
    const { curves = [], title = '' } = measures[choice.selectedIndex] ?? {};
    const wanted = splits.filter((_, i) => boxes[i]?.checked);
    return {
      curves: curves.filter(({ split }) => wanted.includes(split)),
      options: { title, log: log.checked, legend: false },
      fit: true,
      save: true,
    };
  };
  const part = mountCurves(place, chosen());
  for (const control of [choice, log, ...boxes])
    control.addEventListener('change', () => part.update(chosen()));
}
