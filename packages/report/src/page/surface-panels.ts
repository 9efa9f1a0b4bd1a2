import { evaluatedOf, momentsOf, trainedOf, valuesOf } from '../data/page-data.js';
import { commonRange, type SurfaceGrid } from '../figures/terrain.js';
import { momentText, networkText, surfaceWords } from '../sections/surface-words.js';
import { type LiveLook, liveLook } from './live-look.js';
import type { Mounted } from './mounted.js';
import type { PageSurfaces } from './page-surfaces.js';
import type { View } from './projection.js';
import { mountSurface, type SurfaceData } from './surface.js';

interface Panel {
  readonly trained: HTMLSelectElement;
  readonly evaluated: HTMLSelectElement;
  readonly view: HTMLElement;
  readonly words: HTMLElement;
  readonly trust: HTMLElement;
  /** Where the page can ask for what is seen from a place. */
  readonly live?: LiveLook;
}

interface Chosen {
  readonly trained: string;
  readonly evaluated: string;
}

/** Puts the place for what is seen below a panel. */
function liveBelow(panel: HTMLElement, images: readonly string[], label: string): LiveLook {
  const made = liveLook(images, label);
  panel.append(made.element);
  return made;
}

/**
 * The two surfaces of the report, their controls, and one scale for both.
 * @param losses in their order.
 * @param all surfaces of the page.
 * @param live names of the test images, where the page is served by a program that looks at them.
 */
export function connectSurfaces(
  losses: readonly string[],
  all: PageSurfaces,
  live?: readonly string[],
): void {
  const root = document.querySelector<HTMLElement>('#surfaces');
  if (!root) return;
  const find = <T extends Element>(selector: string, within: ParentNode = root) =>
    within.querySelector<T>(selector)!;
  const slider = find<HTMLInputElement>('#moment');
  const log = find<HTMLInputElement>('#surface-log');
  const shared = find<HTMLInputElement>('#surface-shared');
  const name = find<HTMLOutputElement>('#moment-name');
  const moments = momentsOf(all);
  const panels = [...root.querySelectorAll<HTMLElement>('.panel')].map(
    (panel, i): Panel => ({
      ...(live && { live: liveBelow(panel, live, i === 0 ? 'left' : 'right') }),
      trained: find('[data-role=trained]', panel),
      evaluated: find('[data-role=evaluated]', panel),
      view: find('.view', panel),
      words: find('[data-role=words]', panel),
      trust: find('[data-role=trust]', panel),
    }),
  );
  const parts: (Mounted<SurfaceData> | undefined)[] = panels.map(() => undefined);
  const shown: (SurfaceData | undefined)[] = panels.map(() => undefined);
  const places: (string | undefined)[] = panels.map(() => undefined);
  let view: View | undefined;

  const trained = trainedOf(losses, all);
  const evaluated = evaluatedOf(all.map(({ grid }) => grid.values));
  /** What is chosen, by its place: a parser may have changed the text. */
  const chosenIn = (panel: Panel): Chosen => ({
    trained: trained[panel.trained.selectedIndex] ?? '',
    evaluated: evaluated[panel.evaluated.selectedIndex] ?? '',
  });
  /** The grids of a panel at all moments: its scale stays as the slider moves. */
  const gridsOf = (chosen: Chosen) =>
    all.filter(({ loss }) => loss === chosen.trained).map(({ grid }) => valuesOf(grid, chosen.evaluated));

  const look = (from: number, to: View) => {
    view = to;
    for (const [i, part] of parts.entries())
      if (i !== from && shown[i]) part?.update({ ...shown[i], view: to });
  };
  const clear = (i: number, panel: Panel) => {
    parts[i]?.dispose();
    parts[i] = undefined;
    shown[i] = undefined;
    places[i] = undefined;
    panel.live?.clear();
    panel.words.textContent = 'There is no surface of this loss at this moment.';
    panel.trust.textContent = '';
  };
  const draw = () => {
    const moment = moments[Number(slider.value)];
    if (!moment) return;
    name.value = momentText(moment);
    slider.setAttribute('aria-valuetext', name.value);
    const chosen = panels.map(chosenIn);
    const grids = chosen.map(gridsOf);
    for (const [i, panel] of panels.entries()) {
      const own = chosen[i]!;
      const range = commonRange(shared.checked ? grids.flat() : grids[i]!, log.checked);
      const surface = all.find((entry) => entry.loss === own.trained && entry.moment === moment.moment);
      const grid: SurfaceGrid | undefined = surface?.grid;
      if (surface === undefined || grid === undefined || valuesOf(grid, own.evaluated).length === 0) {
        clear(i, panel);
        continue;
      }
      panel.words.textContent = surfaceWords(own.trained, own.evaluated, moment, grid, surface.batchNorm);
      panel.trust.textContent = own.evaluated === own.trained ? (surface.trust ?? '') : '';
      const data: SurfaceData = {
        grid,
        loss: own.evaluated,
        label: `${networkText(own.trained, moment)}: surface of ${own.evaluated}`,
        save: true,
        log: range.log,
        range: [range.low, range.high],
        ...(view && { view }),
        onTurn: (to) => look(i, to),
        ...(panel.live && { onPick: (x, y) => panel.live!.look({ surface: surface.name, x, y }) }),
      };
      shown[i] = data;
      if (places[i] !== surface.name) panel.live?.clear();
      places[i] = surface.name;
      if (parts[i]) parts[i]!.update(data);
      else parts[i] = mountSurface(panel.view, data);
    }
    root.dataset.drawn = String(Number(root.dataset.drawn ?? 0) + 1);
  };

  let waiting = false;
  // A slider sends more events than can be drawn.
  const schedule = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  };
  slider.addEventListener('input', schedule);
  for (const control of [log, shared, ...panels.flatMap(({ trained, evaluated }) => [trained, evaluated])])
    control.addEventListener('change', schedule);
  draw();
}
