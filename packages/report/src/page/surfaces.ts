import { floatsFromBase64 } from '../data/base64.js';
import { evaluatedOf, momentsOf, type PageData, trainedOf, valuesOf } from '../data/page-data.js';
import { pageStyle } from '../figures/style.js';
import { surfaceFigure } from '../figures/surface-svg.js';
import { commonRange, type SurfaceGrid, type ValueRange } from '../figures/terrain.js';
import { momentText, surfaceWords } from '../sections/surfaces.js';
import { linkedTerrains, type Terrain } from './terrain.js';

interface Panel {
  readonly trained: HTMLSelectElement;
  readonly evaluated: HTMLSelectElement;
  readonly contour: HTMLElement;
  readonly words: HTMLElement;
  readonly terrain: HTMLElement;
}

interface Chosen {
  readonly trained: string;
  readonly evaluated: string;
}

type Moment = ReturnType<typeof momentsOf>[number];

interface Found {
  readonly loss: string;
  readonly moment: string;
  readonly grid: SurfaceGrid;
}

/** The two surfaces, their controls, and one scale for both. */
export async function connectSurfaces(data: PageData): Promise<void> {
  const root = document.querySelector<HTMLElement>('#surfaces');
  if (!root) return;
  const find = <T extends Element>(selector: string, within: ParentNode = root) =>
    within.querySelector<T>(selector)!;
  const slider = find<HTMLInputElement>('#moment');
  const log = find<HTMLInputElement>('#surface-log');
  const shared = find<HTMLInputElement>('#surface-shared');
  const name = find<HTMLOutputElement>('#moment-name');
  const moments = momentsOf(data.surfaces);
  const surfaces: Found[] = data.surfaces.map(({ loss, moment, x, y, values }) => ({
    loss,
    moment,
    grid: {
      x: Float64Array.from(x),
      y: Float64Array.from(y),
      values: Object.fromEntries(
        Object.entries(values).map(([key, packed]) => [key, floatsFromBase64(packed)]),
      ),
    },
  }));
  const panels = [...root.querySelectorAll<HTMLElement>('.panel')].map(
    (panel): Panel => ({
      trained: find('[data-role=trained]', panel),
      evaluated: find('[data-role=evaluated]', panel),
      contour: find('.contour', panel),
      words: find('[data-role=words]', panel),
      terrain: find('.terrain', panel),
    }),
  );
  const terrains = linkedTerrains(panels.map(({ terrain }) => terrain));

  const trained = trainedOf(data.losses, data.surfaces);
  const evaluated = evaluatedOf(data.surfaces.map(({ values }) => values));
  /** What is chosen, by its place: a parser may have changed the text. */
  const chosenIn = (panel: Panel): Chosen => ({
    trained: trained[panel.trained.selectedIndex] ?? '',
    evaluated: evaluated[panel.evaluated.selectedIndex] ?? '',
  });

  /** The grids of a panel at all moments: its scale stays as the slider moves. */
  const gridsOf = (chosen: Chosen) =>
    surfaces
      .filter(({ loss }) => loss === chosen.trained)
      .map(({ grid }) => valuesOf(grid, chosen.evaluated));

  const draw = async () => {
    const moment = moments[Number(slider.value)];
    if (!moment) return;
    name.value = momentText(moment);
    slider.setAttribute('aria-valuetext', name.value);
    const chosen = panels.map(chosenIn);
    const all = chosen.map(gridsOf);
    const drawing = panels.map((panel, i) => {
      const own = chosen[i]!;
      const range = commonRange(shared.checked ? all.flat() : all[i]!, log.checked);
      const surface = surfaces.find(
        (candidate) => candidate.loss === own.trained && candidate.moment === moment.moment,
      );
      return drawPanel(panel, own, moment, surface?.grid, range, terrains[i]!);
    });
    await Promise.all(drawing);
    root.dataset.drawn = String(Number(root.dataset.drawn ?? 0) + 1);
  };

  let waiting = false;
  // A slider sends more events than can be drawn.
  const schedule = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      void draw();
    });
  };
  slider.addEventListener('input', schedule);
  for (const control of [log, shared, ...panels.flatMap(({ trained, evaluated }) => [trained, evaluated])])
    control.addEventListener('change', schedule);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', schedule);
  await draw();
}

async function drawPanel(
  { contour, words }: Panel,
  { trained, evaluated }: Chosen,
  moment: Moment,
  grid: SurfaceGrid | undefined,
  range: ValueRange,
  terrain: Terrain,
): Promise<void> {
  const values = grid && valuesOf(grid, evaluated);
  if (!grid || !values || values.length === 0) {
    contour.innerHTML = '';
    words.textContent = 'There is no surface of this loss at this moment.';
    terrain.clear();
    return;
  }
  contour.innerHTML = surfaceFigure(grid, {
    loss: evaluated,
    log: range.log,
    range: [range.low, range.high],
    style: pageStyle,
  }).toString();
  words.textContent = surfaceWords(trained, evaluated, moment, grid);
  await terrain.draw(grid, values, range);
}
