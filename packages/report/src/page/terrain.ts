import { scaleOf, shortNumber, tickTexts } from '../figures/scale.js';
import { type SurfaceGrid, shareOf, terrainColour, type ValueRange } from '../figures/terrain.js';

/** A surface in three dimensions. */
export interface Terrain {
  draw(grid: SurfaceGrid, values: Float32Array, range: ValueRange): Promise<void>;
  clear(): void;
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

interface PlotElement extends HTMLElement {
  on(event: string, listener: (change: Readonly<Record<string, unknown>>) => void): void;
}

interface PlotlyLibrary {
  react(element: HTMLElement, data: unknown[], layout: unknown, config: unknown): Promise<PlotElement>;
  relayout(element: HTMLElement, change: Readonly<Record<string, unknown>>): Promise<unknown>;
  purge(element: HTMLElement): void;
}

const firstEye: Point = { x: 1.3, y: -1.5, z: 1 };
// A little below the middle, so that the axes at the bottom are seen whole.
const middle: Point = { x: 0, y: 0, z: -0.16 };
const colours = Array.from({ length: 33 }, (_, i) => [i / 32, terrainColour(i / 32)]);

function hasWebgl(): boolean {
  const context = document.createElement('canvas').getContext('webgl');
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return context !== null;
}

/** Surfaces that are seen from one place: turning one turns all, by pointer or by the arrow keys. */
export function linkedTerrains(elements: readonly HTMLElement[]): Terrain[] {
  const plotly = (globalThis as { Plotly?: PlotlyLibrary }).Plotly;
  if (plotly === undefined || !hasWebgl()) {
    for (const element of elements) {
      element.classList.add('absent');
      element.textContent = 'The view in three dimensions needs WebGL, which this browser does not offer.';
    }
    return elements.map(() => ({ draw: async () => undefined, clear: () => undefined }));
  }
  const narrow = elements.some(({ clientWidth, clientHeight }) => clientWidth < clientHeight * 1.25);
  const home = narrow ? farther(firstEye, 1.22) : firstEye;
  let eye = home;
  const drawn = new Set<HTMLElement>();
  const look = (from: HTMLElement | undefined, to: Point) => {
    eye = to;
    for (const element of drawn)
      if (element !== from) void plotly.relayout(element, { 'scene.camera.eye': to });
  };
  return elements.map((element) => {
    element.addEventListener('keydown', (event) => {
      const to = event.key === 'Home' ? home : turned(eye, event.key);
      if (to === undefined) return;
      event.preventDefault();
      look(undefined, to);
    });
    return {
      async draw(grid, values, range) {
        const plot = await plotly.react(element, [trace(grid, values, range)], layout(range, eye), config);
        if (drawn.has(element)) return;
        drawn.add(element);
        const follow = (change: Readonly<Record<string, unknown>>) => {
          const camera = change['scene.camera'] as { readonly eye: Point } | undefined;
          if (camera !== undefined && !same(camera.eye, eye)) look(element, camera.eye);
        };
        plot.on('plotly_relayouting', follow);
        plot.on('plotly_relayout', follow);
      },
      clear() {
        drawn.delete(element);
        plotly.purge(element);
      },
    };
  });
}

const farther = ({ x, y, z }: Point, by: number): Point => ({ x: x * by, y: y * by, z: z * by });

const same = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z) < 1e-6;

/** Fifteen degrees around the vertical axis, or a step up and down. */
function turned({ x, y, z }: Point, key: string): Point | undefined {
  const angle = key === 'ArrowLeft' ? -Math.PI / 12 : key === 'ArrowRight' ? Math.PI / 12 : 0;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  if (angle !== 0) return { x: x * cos - y * sin, y: x * sin + y * cos, z };
  if (key === 'ArrowUp') return { x, y, z: Math.min(2.2, z + 0.2) };
  if (key === 'ArrowDown') return { x, y, z: Math.max(-0.4, z - 0.2) };
  return undefined;
}

const config = { displayModeBar: false, responsive: true, scrollZoom: false, displaylogo: false };

// Plotly's own logarithmic axis would lose the range that both panels share; heights are exponents instead.
const heightOf = (value: number, { low, log }: ValueRange) =>
  log ? Math.log10(Math.max(value, low)) : value;

function trace({ x, y }: SurfaceGrid, values: Float32Array, range: ValueRange): unknown {
  const rows = <T>(of: (value: number) => T) =>
    Array.from(y, (_, j) => Array.from(x, (__, i) => of(values[j * x.length + i]!)));
  return {
    type: 'surface',
    x: Array.from(x),
    y: Array.from(y),
    z: rows((value) => (Number.isFinite(value) ? heightOf(value, range) : null)),
    surfacecolor: rows((value) => shareOf(value, range)),
    text: rows((value) => `loss ${shortNumber(value)}`),
    hovertemplate: '%{text}<br>%{x:.2f}, %{y:.2f}<extra></extra>',
    cmin: 0,
    cmax: 1,
    colorscale: colours,
    showscale: false,
    lighting: { ambient: 0.72, diffuse: 0.55, specular: 0.08, roughness: 0.9, fresnel: 0.05 },
    contours: { z: { highlight: false }, x: { highlight: false }, y: { highlight: false } },
  };
}

function layout(range: ValueRange, eye: Point): unknown {
  const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const [ink, rule] = [colour('--muted'), colour('--mesh')];
  const { ticks } = scaleOf([range.low, range.high], [0, 1], { log: range.log, ticks: 4 });
  const axis = {
    color: ink,
    gridcolor: rule,
    zerolinecolor: rule,
    showbackground: false,
    showspikes: false,
    tickfont: { size: 11 },
    title: { text: '', font: { size: 12 } },
  };
  const ends = [heightOf(range.low, range), heightOf(range.high, range)] as const;
  const pad = (ends[1] - ends[0]) * 0.03;
  return {
    autosize: true,
    margin: { l: 0, r: 0, t: 0, b: 0 },
    paper_bgcolor: 'rgba(0,0,0,0)',
    font: { family: 'system-ui, sans-serif', color: ink },
    hoverlabel: { font: { size: 12 } },
    uirevision: 'kept',
    scene: {
      aspectmode: 'manual',
      aspectratio: { x: 1, y: 1, z: 0.75 },
      camera: { eye, center: middle },
      dragmode: 'turntable',
      xaxis: { ...axis, nticks: 4, title: { ...axis.title, text: 'direction 1' } },
      yaxis: { ...axis, nticks: 4, title: { ...axis.title, text: 'direction 2' } },
      zaxis: {
        ...axis,
        range: [ends[0] - pad, ends[1] + pad],
        tickvals: ticks.map((tick) => heightOf(tick, range)),
        ticktext: tickTexts(ticks),
        title: { ...axis.title, text: 'loss' },
      },
    },
  };
}
