import type { Raster } from '@segscape/core';
import { classColours } from '@segscape/report';
import type { MaskPainting } from '../data/mask-painting.js';

type Place = readonly [y: number, x: number];

/** What the page shows of a mask under the brush; places and radius in pixels of the mask. */
export interface Shown {
  /** RGB. */
  readonly image: Raster;
  readonly painting: MaskPainting;
  /** Of the polygon that is being drawn. */
  readonly corners: readonly Place[];
  readonly cursor: Place;
  readonly radius: number;
}

/** Sides that lines are still fine at. */
const fineSide = 1024;

function coloured({ image, painting: { width, height, data: mask } }: Shown): ImageData {
  const pixels = new ImageData(width, height);
  for (let i = 0; i < mask.length; i++) {
    const colour = mask[i] === 0 ? undefined : classColours[(mask[i]! - 1) % classColours.length];
    for (let c = 0; c < 3; c++) {
      const own = image.data[3 * i + c]!;
      pixels.data[4 * i + c] = colour ? 0.55 * own + 0.45 * colour[c]! : own;
    }
    pixels.data[4 * i + 3] = 255;
  }
  return pixels;
}

/** Draws the picture with its mask in colours, the corners of a polygon and the reach of the brush. */
export function drawPainting(canvas: HTMLCanvasElement, shown: Shown): void {
  const { painting, corners, cursor, radius } = shown;
  const { width, height } = painting;
  const scale = Math.max(1, Math.floor(fineSide / Math.max(width, height)));
  const small = new OffscreenCanvas(width, height);
  small.getContext('2d')!.putImageData(coloured(shown), 0, 0);
  [canvas.width, canvas.height] = [width * scale, height * scale];
  const context = canvas.getContext('2d')!;
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
  const path = new Path2D();
  const centre = (place: number) => (place + 0.5) * scale;
  if (corners.length > 0) for (const [y, x] of [...corners, cursor]) path.lineTo(centre(x), centre(y));
  const reach = new Path2D();
  reach.arc(centre(cursor[1]), centre(cursor[0]), (radius + 0.5) * scale, 0, 2 * Math.PI);
  path.addPath(reach);
  // White on black shows on every picture.
  for (const [colour, line] of [
    ['#000', 4],
    ['#fff', 2],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = line;
    context.stroke(path);
  }
}
