import { histogramTable } from '../figures/figure-tables.js';
import { histogramFigure, type ProfileFigures, profileCurves } from '../figures/profile-figures.js';
import { type CurvesData, mountCurves } from './curves.js';
import { dress, type Mounted, made } from './mounted.js';
import { savingRow } from './saving.js';

/** What losses ask of a pixel, and the pixels there are. */
export interface ProfilesData extends ProfileFigures {
  /** Pixels by the probability of their true class, in bins of equal width; drawn beneath the curves. */
  readonly histogram?: readonly number[];
  /** Offer the figures as SVG and PNG, their numbers as CSV. Default false. */
  readonly save?: boolean;
}

/**
 * Losses of a single pixel against the probability of its true class, and beneath them the pixels there are: where each
 * loss spends its gradient.
 * @param element emptied and filled.
 * @param data to show.
 * @returns `update` to show other data, `dispose` to end.
 */
export function mountProfiles(element: HTMLElement, data: ProfilesData): Mounted<ProfilesData> {
  dress(element);
  const log = made('input', { type: 'checkbox' });
  const controls = made('div', { class: 'player-controls' }, made('label', {}, log, 'logarithmic loss'));
  const charts = made('div', { class: 'charts' });
  element.replaceChildren(controls, charts);
  const stop = new AbortController();
  let shown = data;
  let parts: Mounted<CurvesData>[] = [];
  const build = () => {
    for (const part of parts) part.dispose();
    const places = profileCurves(shown, log.checked).map((curves) => [made('div'), curves] as const);
    charts.replaceChildren(
      ...places.map(([place, curves]) => {
        const histogram = made('div', { class: 'profile-histogram' });
        const { histogram: counts } = shown;
        if (counts && curves.by === 'probability') {
          histogram.innerHTML = histogramFigure(counts).toString();
          if (shown.save)
            histogram.append(
              savingRow(() => ({
                title: 'Pixels by the probability of their true class',
                table: () => histogramTable(counts),
                drawn: () => histogram.querySelector('svg'),
              })),
            );
        }
        return made('div', {}, place, histogram);
      }),
    );
    parts = places.map(([place, curves]) => mountCurves(place, { ...curves, save: shown.save ?? false }));
  };
  log.addEventListener('change', build, { signal: stop.signal });
  build();
  return {
    update(next) {
      shown = next;
      build();
    },
    dispose() {
      stop.abort();
      for (const part of parts) part.dispose();
      element.replaceChildren();
    },
  };
}
