import { surfaceTable } from '../figures/figure-tables.js';
import { type MapPath, mapFigure } from '../figures/map-svg.js';
import { pageStyle } from '../figures/style.js';
import { gridOf, surfaceFigure } from '../figures/surface-svg.js';
import { commonRange, type SurfaceGrid } from '../figures/terrain.js';
import { dress, type Mounted, made } from './mounted.js';
import type { View } from './projection.js';
import { type SavedFigure, savingRow } from './saving.js';
import { mountTerrain, type TerrainData } from './terrain.js';

/** A moment of training. */
export interface PlayerMoment {
  readonly name: string;
  readonly epoch: number;
}

/** A training on a plane with the epoch of each of its places. */
export interface PlayerPath extends MapPath {
  readonly points: readonly { readonly x: number; readonly y: number; readonly epoch: number }[];
}

/** One of the surfaces that are played side by side. */
export interface PlayerPanel {
  readonly title: string;
  /** Seen by which loss. */
  readonly loss: string;
  /** In the order of the moments; one surface alone stays for all of them. Undefined where there is none. */
  readonly surfaces: readonly (SurfaceGrid | undefined)[];
  /** Drawn as far as each training has come at the moment. */
  readonly paths?: readonly PlayerPath[];
  /** Below the picture. */
  readonly caption?: string;
}

/** Surfaces through training. */
export interface PlayerData {
  /** What a screen reader says of the whole. */
  readonly label: string;
  /** In the order of training. */
  readonly moments: readonly PlayerMoment[];
  readonly panels: readonly PlayerPanel[];
  /** One scale of colours for all panels, or for each its own; either stays through all moments. Default `'shared'`. */
  readonly scale?: 'shared' | 'own';
  /** Colours by the logarithm. Default false. */
  readonly log?: boolean;
  /** Which moment is shown first. Default the last. */
  readonly start?: number;
  /** Milliseconds of a moment while it plays. Default 900. */
  readonly pace?: number;
  /** Another moment is shown. */
  readonly onMoment?: (index: number) => void;
  /** Offer each panel as SVG and PNG, its numbers as CSV. Default false. */
  readonly save?: boolean;
}

/** Of a moment that has none. */
const noSurface: SurfaceGrid = { x: new Float64Array(), y: new Float64Array(), values: {} };

/** The paths of a panel as far as each training has come. */
const walkedBy = ({ paths }: PlayerPanel, at: PlayerMoment | undefined) =>
  paths?.map((path) => ({
    ...path,
    points: path.points.filter(({ epoch }) => epoch <= (at?.epoch ?? Number.POSITIVE_INFINITY)),
  }));

/**
 * Surfaces side by side with a slider over the moments of training and a button that plays them: contours, or three
 * dimensions that turn together.
 * @param element emptied and filled.
 * @param data to show.
 * @returns `update` to show other data, `dispose` to end.
 * @throws {SegscapeError} `BAD_OPTION` when a surface lacks its loss, `SHAPE_MISMATCH` when a grid does not fit.
 */
export function mountPlayer(element: HTMLElement, data: PlayerData): Mounted<PlayerData> {
  dress(element);
  const play = made('button', { type: 'button' }, 'Play');
  const slider = made('input', { type: 'range', min: '0', step: '1' });
  const output = made('output');
  const along = made('label', { class: 'along' }, slider);
  const solid = made('input', { type: 'checkbox' });
  const controls = made(
    'div',
    { class: 'player-controls' },
    play,
    along,
    output,
    made('label', {}, solid, 'three dimensions'),
  );
  const panels = made('div', { class: 'player-panels' });
  element.replaceChildren(controls, panels);
  const stop = new AbortController();
  const { signal } = stop;
  let shown = data;
  let moment = data.start ?? data.moments.length - 1;
  let view: View | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;
  let terrains: (Mounted<TerrainData> | undefined)[] = [];
  const solids: TerrainData[] = [];

  const surfaceAt = (panel: PlayerPanel): SurfaceGrid | undefined =>
    panel.surfaces.length === 1 ? panel.surfaces[0] : panel.surfaces[moment];
  const rangeOf = (panel: PlayerPanel) => {
    const all = (shown.scale === 'own' ? [panel] : shown.panels).flatMap(({ surfaces, loss }) =>
      surfaces.flatMap((surface) => (surface ? [gridOf('mountPlayer', surface, loss)] : [])),
    );
    return commonRange(all, shown.log ?? false);
  };
  const draw = () => {
    const at = shown.moments[moment];
    slider.max = String(Math.max(0, shown.moments.length - 1));
    slider.value = String(moment);
    // A single moment has nothing to play.
    for (const control of [play, along, output]) control.hidden = shown.moments.length < 2;
    slider.setAttribute('aria-label', `${shown.label}: moment of training`);
    slider.setAttribute('aria-valuetext', at?.name ?? '');
    output.value = at?.name ?? '';
    for (const [i, panel] of shown.panels.entries()) drawPanel(panel, i, at);
  };
  const drawPanel = (panel: PlayerPanel, i: number, at: PlayerMoment | undefined) => {
    const figure = panels.children[i] as HTMLElement;
    const picture = figure.querySelector<HTMLElement>('.picture-place')!;
    const surface = surfaceAt(panel);
    if (surface === undefined || !solid.checked) {
      terrains[i]?.dispose();
      terrains[i] = undefined;
    }
    if (surface === undefined) {
      picture.className = 'picture-place gap';
      picture.removeAttribute('role');
      picture.removeAttribute('tabindex');
      picture.textContent = 'There is no surface of this moment.';
      return;
    }
    const range = rangeOf(panel);
    if (solid.checked) {
      const next: TerrainData = {
        grid: surface,
        values: gridOf('mountPlayer', surface, panel.loss),
        range,
        label: `${panel.title}, ${at?.name ?? ''}, in three dimensions.`,
        ...(view && { view }),
        onTurn: (to) => {
          view = to;
          for (const [k, other] of terrains.entries())
            if (k !== i) other?.update({ ...solids[k]!, view: to });
        },
      };
      solids[i] = next;
      if (terrains[i]) terrains[i]!.update(next);
      else terrains[i] = mountTerrain(picture, next);
      return;
    }
    picture.className = 'picture-place';
    picture.removeAttribute('role');
    picture.removeAttribute('tabindex');
    picture.removeAttribute('aria-label');
    const options = {
      loss: panel.loss,
      title: panel.title,
      log: range.log,
      range: [range.low, range.high] as const,
      style: pageStyle,
    };
    const walked = walkedBy(panel, at);
    const drawn = walked
      ? mapFigure(surface, { ...options, paths: walked })
      : surfaceFigure(surface, options);
    picture.innerHTML = drawn.toString();
  };
  const savedPanel = (panel: PlayerPanel, picture: HTMLElement): SavedFigure => {
    const at = shown.moments[moment];
    const surface = surfaceAt(panel);
    return {
      title: [shown.label, panel.title, at?.name].filter(Boolean).join(' '),
      table: () => surfaceTable(surface ?? noSurface, panel.loss, walkedBy(panel, at)),
      ...(solid.checked
        ? { solid: () => picture.querySelector('canvas') }
        : { drawn: () => picture.querySelector('svg') }),
    };
  };
  const build = () => {
    for (const terrain of terrains) terrain?.dispose();
    terrains = shown.panels.map(() => undefined);
    panels.replaceChildren(
      ...shown.panels.map((panel) => {
        const picture = made('div', { class: 'picture-place' });
        const { caption } = panel;
        return made(
          'figure',
          {},
          picture,
          ...(caption === undefined ? [] : [made('figcaption', {}, caption)]),
          ...(shown.save ? [savingRow(() => savedPanel(panel, picture))] : []),
        );
      }),
    );
    draw();
  };
  const go = (to: number) => {
    moment = to;
    draw();
    shown.onMoment?.(to);
  };
  const pause = () => {
    clearInterval(timer);
    timer = undefined;
    play.textContent = 'Play';
  };
  play.addEventListener(
    'click',
    () => {
      if (timer !== undefined) return pause();
      play.textContent = 'Pause';
      if (moment >= shown.moments.length - 1) go(0);
      timer = setInterval(() => {
        if (moment >= shown.moments.length - 1) return pause();
        go(moment + 1);
        if (moment >= shown.moments.length - 1) pause();
      }, shown.pace ?? 900);
    },
    { signal },
  );
  slider.addEventListener(
    'input',
    () => {
      pause();
      go(Number(slider.value));
    },
    { signal },
  );
  solid.addEventListener('change', build, { signal });
  build();
  return {
    update(next) {
      shown = next;
      moment = Math.max(0, Math.min(next.start ?? moment, next.moments.length - 1));
      pause();
      build();
    },
    dispose() {
      pause();
      stop.abort();
      for (const terrain of terrains) terrain?.dispose();
      element.replaceChildren();
    },
  };
}
