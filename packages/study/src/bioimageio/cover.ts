import type { Raster } from '@segscape/core';
import { encodePng, outlineMask } from '@segscape/report';
import { largestClass } from '../largest-class.js';

/** The middle of an image, of another size; gray where it has neither 1 nor 3 channels. */
function middle({ data, height, width, channels }: Raster, rows: number, columns: number): Raster {
  const [top, left] = [Math.floor((height - rows) / 2), Math.floor((width - columns) / 2)];
  const kept = channels === 3 ? 3 : 1;
  const out = new Uint8Array(rows * columns * kept);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++)
      for (let channel = 0; channel < kept; channel++)
        out[(y * columns + x) * kept + channel] = data[((top + y) * width + left + x) * channels + channel]!;
  return { data: out, height: rows, width: columns, channels: kept };
}

/** 1 where a pixel is of any class. */
function anyClass({ data, channels, ...form }: Raster): Raster {
  const found = new Uint8Array(form.height * form.width);
  for (let i = 0; i < data.length; i++) if (data[i]! > 0.5) found[Math.floor(i / channels)] = 1;
  return { ...form, data: found, channels: 1 };
}

/**
 * An image beside itself with the outlines of what a network found, twice as wide as it is high.
 * @param probabilities `[height, width, classes]`, perhaps smaller than the image.
 * @param overlapping whether each class is for itself; then what is of any is outlined. Default false.
 * @returns PNG bytes.
 */
export function cover(image: Raster, probabilities: Raster, overlapping = false): Uint8Array {
  const { height, width } = probabilities;
  const seen = middle(image, height, width);
  const found = overlapping ? anyClass(probabilities) : largestClass(probabilities);
  const halves = [{ ...found, data: new Uint8Array(height * width) }, found].map((mask) =>
    outlineMask(seen, mask),
  );
  const data = new Uint8Array(height * width * 2 * 3);
  for (let y = 0; y < height; y++)
    for (const [i, half] of halves.entries())
      data.set(
        (half.data as Uint8Array).subarray(y * width * 3, (y + 1) * width * 3),
        (2 * y + i) * width * 3,
      );
  return encodePng({ data, height, width: 2 * width, channels: 3 });
}
