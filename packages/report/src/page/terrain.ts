import { shortNumber } from '../figures/scale.js';
import type { SurfaceGrid, ValueRange } from '../figures/terrain.js';
import { dress, type Mounted, made } from './mounted.js';
import { frameOf, type Screen, turnedBy, type View } from './projection.js';
import { drawTerrain } from './terrain-drawing.js';

/** A surface in three dimensions. */
export interface TerrainData {
  readonly grid: SurfaceGrid;
  /** Heights by row, `[y, x]`; what is not finite is a hole. */
  readonly values: ArrayLike<number>;
  readonly range: ValueRange;
  /** What a screen reader says. */
  readonly label: string;
  /** Where it is seen from. Default from the front, a little above. */
  readonly view?: View;
  /** A place marked on the surface. */
  readonly point?: { readonly x: number; readonly y: number };
  /** It was turned, by pointer or arrow keys. */
  readonly onTurn?: (view: View) => void;
  /** A place was clicked. */
  readonly onPick?: (x: number, y: number) => void;
}

/** From the front, a little to the side and above. */
const firstView: View = { turn: 0.7, tilt: 0.5 };

/** How far from a place of the grid the pointer still reads it, in pixels. */
const reach = 45;

/**
 * A surface in three dimensions on a canvas, by painter's algorithm: it needs neither WebGL nor a library. It is turned by
 * dragging or by the arrow keys (Home turns it back); the pointer reads values.
 * @param element filled by the picture; it needs a height.
 * @param data to show.
 * @returns `update` to show other data, `dispose` to end.
 */
export function mountTerrain(element: HTMLElement, data: TerrainData): Mounted<TerrainData> {
  dress(element);
  const canvas = made('canvas');
  const readout = made('div', { class: 'readout', hidden: '' });
  element.replaceChildren(canvas, readout);
  element.classList.add('terrain');
  element.tabIndex = 0;
  element.setAttribute('role', 'img');
  const stop = new AbortController();
  const { signal } = stop;
  let shown = data;
  let view = data.view ?? firstView;
  let vertices: readonly Screen[] = [];
  let waiting = 0;
  const paint = () => {
    waiting = 0;
    element.setAttribute('aria-label', `${shown.label} Turn it with the arrow keys.`);
    const [width, height] = [element.clientWidth, element.clientHeight];
    const context = canvas.getContext('2d');
    if (!context || width === 0 || height === 0) return;
    const ratio = Math.min(2, devicePixelRatio || 1);
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    context.scale(ratio, ratio);
    const style = getComputedStyle(element);
    const colours = {
      ink: style.getPropertyValue('--muted').trim() === '' ? style.color : resolved(element, '--muted'),
      mesh: resolved(element, '--mesh'),
    };
    vertices = drawTerrain(context, shown, frameOf(width, height, view), colours);
  };
  const schedule = () => {
    if (waiting === 0) waiting = requestAnimationFrame(paint);
  };
  const look = (to: View) => {
    view = to;
    schedule();
    shown.onTurn?.(view);
  };
  let dragged: { x: number; y: number; far: number } | undefined;
  const nearest = (event: PointerEvent | MouseEvent): { index: number; at: Screen } | undefined => {
    const box = canvas.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    let best: { index: number; at: Screen; far: number } | undefined;
    vertices.forEach((at, index) => {
      const far = Math.hypot(at.x - px, at.y - py);
      if (
        far < reach &&
        (best === undefined || far < best.far - 3 || (far < best.far + 3 && at.depth < best.at.depth))
      )
        best = { index, at, far };
    });
    return best;
  };
  const placeOf = (index: number) => {
    const { x, y } = shown.grid;
    return { x: x[index % x.length]!, y: y[Math.floor(index / x.length)]! };
  };
  const on = <K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (event: HTMLElementEventMap[K]) => void,
  ) => element.addEventListener(type, listener, { signal });
  on('pointerdown', (event) => {
    dragged = { x: event.clientX, y: event.clientY, far: 0 };
    element.setPointerCapture(event.pointerId);
  });
  on('pointermove', (event) => {
    if (dragged && event.buttons !== 0) {
      const [dx, dy] = [event.clientX - dragged.x, event.clientY - dragged.y];
      dragged = { x: event.clientX, y: event.clientY, far: dragged.far + Math.hypot(dx, dy) };
      readout.hidden = true;
      return look(turnedBy(view, dx / 130, dy / 170));
    }
    const found = nearest(event);
    readout.hidden = found === undefined;
    if (found === undefined) return;
    const { x, y } = placeOf(found.index);
    readout.textContent = `${shortNumber(shown.values[found.index]!)} at ${shortNumber(x)}, ${shortNumber(y)}`;
    readout.style.left = `${Math.max(0, Math.min(element.clientWidth - readout.offsetWidth, found.at.x + 10))}px`;
    readout.style.top = `${Math.max(0, found.at.y - 34)}px`;
  });
  on('pointerleave', () => {
    readout.hidden = true;
  });
  on('pointerup', (event) => {
    const still = dragged !== undefined && dragged.far < 4;
    dragged = undefined;
    const found = still ? nearest(event) : undefined;
    if (found === undefined) return;
    const { x, y } = placeOf(found.index);
    shown.onPick?.(x, y);
  });
  on('keydown', (event) => {
    const steps: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-Math.PI / 12, 0],
      ArrowRight: [Math.PI / 12, 0],
      ArrowUp: [0, 0.12],
      ArrowDown: [0, -0.12],
    };
    const step = steps[event.key];
    if (event.key !== 'Home' && step === undefined) return;
    event.preventDefault();
    look(step === undefined ? firstView : turnedBy(view, ...step));
  });
  const resize = new ResizeObserver(schedule);
  resize.observe(element);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', schedule, { signal });
  paint();
  return {
    update(next) {
      shown = next;
      view = next.view ?? view;
      schedule();
    },
    dispose() {
      stop.abort();
      resize.disconnect();
      cancelAnimationFrame(waiting);
      element.replaceChildren();
    },
  };
}

/** A colour as the browser resolves it: canvases know no custom properties. */
function resolved(element: HTMLElement, property: string): string {
  const probe = made('span');
  probe.style.color = `var(${property})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
