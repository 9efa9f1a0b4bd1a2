import { surfaceTable } from '../figures/figure-tables.js';
import { type MapPath, mapFigure } from '../figures/map-svg.js';
import { shortNumber } from '../figures/scale.js';
import { pageStyle } from '../figures/style.js';
import { gridOf, panelScales, surfaceFigure } from '../figures/surface-svg.js';
import { commonRange, type SurfaceGrid } from '../figures/terrain.js';
import { valuesAt } from './interpolated.js';
import { dress, type Mounted, made } from './mounted.js';
import type { View } from './projection.js';
import { type SavedFigure, savingRow } from './saving.js';
import { mountTerrain, type TerrainData } from './terrain.js';

/** A place of a plane. */
export interface PlanePoint {
  readonly x: number;
  readonly y: number;
}

/** A loss surface to look at and to pick places of. */
export interface SurfaceData {
  /** Axes and values by loss; `Surface` of @segscape/landscape is one. */
  readonly grid: SurfaceGrid;
  /** Seen by which loss. Default its first. */
  readonly loss?: string;
  /** What a screen reader says of it, a name without a full stop. */
  readonly label: string;
  /** Colours and heights by the logarithm. Default false. */
  readonly log?: boolean;
  /** Lowest and highest value of the scale. Default those of the grid. */
  readonly range?: readonly [number, number];
  /** Trainings on the plane, drawn over the contours. */
  readonly paths?: readonly MapPath[];
  /** What is drawn. Default both. */
  readonly show?: 'both' | 'contours' | 'terrain';
  /** Where the terrain is seen from; surfaces that turn together share one. */
  readonly view?: View;
  /** The terrain was turned. */
  readonly onTurn?: (view: View) => void;
  /** The marked place. Default none until one is picked. */
  readonly point?: PlanePoint;
  /** A place was picked, by pointer or by the arrow keys on the contours. */
  readonly onPick?: (x: number, y: number) => void;
  /** Offer the figure as SVG and PNG, its numbers as CSV. Default false. */
  readonly save?: boolean;
}

/** Steps of an arrow key along an axis. */
const keySteps = 40;

const clamped = (axis: Float64Array, value: number): number => {
  const [a, b] = [axis[0]!, axis[axis.length - 1]!];
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), value));
};

/**
 * A surface as contours and in three dimensions; a click on either, or the arrow keys on the contours, picks a place, and
 * every loss there is said in words.
 *
 *     const part = mountSurface(element, { grid, label: 'Dice', onPick: (x, y) => predictAt(x, y) });
 *     part.update({ grid: later, label: 'Dice' });
 *     part.dispose();
 *
 * @param element emptied and filled.
 * @param data to show.
 * @returns `update` to show other data, `dispose` to end.
 * @throws {SegscapeError} `BAD_OPTION` when the surface lacks the loss, `SHAPE_MISMATCH` when the grid does not fit.
 */
export function mountSurface(element: HTMLElement, data: SurfaceData): Mounted<SurfaceData> {
  dress(element);
  const terrainPlace = made('div');
  const drawing = made('div');
  const marker = made('span', { class: 'point', hidden: '' });
  const pick = made('button', { type: 'button', class: 'pick' });
  const contour = made('figure', { class: 'contour' }, drawing, marker, pick);
  const words = made('p', { class: 'picked', 'aria-live': 'polite' });
  const stop = new AbortController();
  const { signal } = stop;
  let shown = data;
  let point = data.point;
  let terrain: Mounted<TerrainData> | undefined;

  const choose = (x: number, y: number) => {
    point = { x: clamped(shown.grid.x, x), y: clamped(shown.grid.y, y) };
    drawPoint();
    drawTerrain();
    shown.onPick?.(point.x, point.y);
  };
  const drawPoint = () => {
    marker.hidden = point === undefined;
    words.textContent =
      point === undefined
        ? ''
        : `At ${shortNumber(point.x)}, ${shortNumber(point.y)}: ${Object.entries(valuesAt(shown.grid, point))
            .map(([loss, value]) => `${loss} ${shortNumber(value)}`)
            .join(', ')}.`;
    if (point === undefined) return;
    const { across, up, height } = panelScales(shown.grid, {});
    marker.style.left = `${(100 * across.at(point.x)) / figureWidth}%`;
    marker.style.top = `${(100 * up.at(point.y)) / height}%`;
  };
  const drawTerrain = () => {
    const { grid, show = 'both', label, log = false, view, onTurn } = shown;
    terrainPlace.hidden = show === 'contours';
    if (show === 'contours') return;
    const values = gridOf('mountSurface', grid, shown.loss);
    const next: TerrainData = {
      grid,
      values,
      range: commonRange([shown.range ?? values], log),
      label: `${label} in three dimensions.`,
      onPick: choose,
      ...(view && { view }),
      ...(point && { point }),
      ...(onTurn && { onTurn }),
    };
    if (terrain) terrain.update(next);
    else terrain = mountTerrain(terrainPlace, next);
  };
  const drawContours = () => {
    const { grid, loss, log = false, range, paths, show = 'both', label } = shown;
    contour.hidden = show === 'terrain';
    if (show === 'terrain') return;
    const options = {
      log,
      style: pageStyle,
      ...(loss !== undefined && { loss }),
      ...(range && { range }),
    };
    const figure = paths ? mapFigure(grid, { ...options, paths }) : surfaceFigure(grid, options);
    drawing.innerHTML = figure.toString();
    pick.setAttribute('aria-label', `${label}: pick a place by a click, or move it with the arrow keys.`);
  };
  const draw = () => {
    gridOf('mountSurface', shown.grid, shown.loss);
    drawContours();
    drawPoint();
    drawTerrain();
  };
  const saved = (): SavedFigure => {
    const { show = 'both', label, grid, loss, paths } = shown;
    return {
      title: label,
      table: () => surfaceTable(grid, loss ?? Object.keys(grid.values)[0]!, paths),
      ...(show !== 'terrain' && { drawn: () => drawing.querySelector('svg') }),
      ...(show !== 'contours' && { solid: () => terrainPlace.querySelector('canvas') }),
    };
  };
  pick.addEventListener(
    'click',
    (event) => {
      // A click by keyboard has no place.
      if (event.detail === 0) return choose(point?.x ?? 0, point?.y ?? 0);
      const box = pick.getBoundingClientRect();
      const { across, up, top, side, height } = panelScales(shown.grid, {});
      const px = ((event.clientX - box.left) / box.width) * figureWidth;
      const py = ((event.clientY - box.top) / box.height) * height;
      const start = across.at(across.domain[0]);
      const along = (px - start) / side;
      const above = (top + side - py) / side;
      choose(
        across.domain[0] + along * (across.domain[1] - across.domain[0]),
        up.domain[0] + above * (up.domain[1] - up.domain[0]),
      );
    },
    { signal },
  );
  pick.addEventListener(
    'keydown',
    (event) => {
      const steps: Readonly<Record<string, readonly [number, number]>> = {
        ArrowLeft: [-1, 0],
        ArrowRight: [1, 0],
        ArrowUp: [0, 1],
        ArrowDown: [0, -1],
      };
      const step = steps[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const { x, y } = shown.grid;
      const size = (axis: Float64Array) => (axis[axis.length - 1]! - axis[0]!) / keySteps;
      choose((point?.x ?? 0) + step[0] * size(x), (point?.y ?? 0) + step[1] * size(y));
    },
    { signal },
  );
  element.replaceChildren(terrainPlace, contour, words, ...(data.save ? [savingRow(saved)] : []));
  draw();
  return {
    update(next) {
      shown = next;
      point = next.point ?? point;
      if (point) point = { x: clamped(next.grid.x, point.x), y: clamped(next.grid.y, point.y) };
      draw();
    },
    dispose() {
      stop.abort();
      terrain?.dispose();
      element.replaceChildren();
    },
  };
}

/** Of the contour figure, as `surfaceSvg` draws it by default. */
const figureWidth = 380;
