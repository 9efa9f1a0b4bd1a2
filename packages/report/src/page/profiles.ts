import { histogramFigure, type ProfileFigures, profileCurves } from '../figures/profile-figures.js';
import { type CurvesData, mountCurves } from './curves.js';
import { dress, type Mounted, made } from './mounted.js';

/** What losses ask of a pixel, and the pixels there are. */
export interface ProfilesData extends ProfileFigures {
  /** Pixels by the probability of their true class, in bins of equal width; drawn beneath the curves. */
  readonly histogram?: readonly number[];
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
      ...places.map(([place]) => {
        const histogram = made('div', { class: 'profile-histogram' });
        if (shown.histogram) histogram.innerHTML = histogramFigure(shown.histogram).toString();
        return made('div', {}, place, histogram);
      }),
    );
    parts = places.map(([place, curves]) => mountCurves(place, curves));
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
