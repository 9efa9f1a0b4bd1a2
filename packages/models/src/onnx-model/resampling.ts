import {
  customGrad,
  image,
  matMul,
  reshape,
  type Tensor,
  type Tensor4D,
  tensor3d,
} from '@tensorflow/tfjs-core';

/** Where samples are taken: corners on corners, between pixel centres, or from the origin; or the pixel before the last. */
type Places = 'align_corners' | 'half_pixel' | 'asymmetric' | 'nearest';

/** How much each pixel of an axis counts in each sample, `[1, pixels, samples]`. */
function shares(pixels: number, samples: number, places: Places): Tensor {
  const values = new Float32Array(pixels * samples);
  for (let sample = 0; sample < samples; sample++) {
    const even = (sample * pixels) / samples;
    const corners = samples > 1 ? (sample * (pixels - 1)) / (samples - 1) : 0;
    const centres = ((sample + 0.5) * pixels) / samples - 0.5;
    const at = places === 'align_corners' ? corners : places === 'half_pixel' ? centres : even;
    const low = Math.max(0, Math.floor(at));
    if (places === 'nearest') {
      values[low * samples + sample] = 1;
      continue;
    }
    const high = Math.min(pixels - 1, Math.ceil(at));
    values[low * samples + sample]! += 1 - (at - low);
    values[high * samples + sample]! += at - low;
  }
  return tensor3d(values, [1, pixels, samples]);
}

/**
 * Two axes resampled, with the gradient that belongs to it: the transpose of the same shares. TensorFlow.js' own takes samples from the
 * origin whatever was asked for, and on its CPU backend is wrong for images that are not square (linear) or several (nearest).
 *
 * @param x `[batch, height, width, channels]`.
 * @param size height and width of the result.
 * @param places where samples are taken, which `resample` does.
 */
function resampled(x: Tensor4D, size: Size, places: Places, resample: (x: Tensor4D) => Tensor): Tensor {
  const [batch, height, width, channels] = x.shape;
  const [rows, columns] = size;
  return customGrad((given) => ({
    value: resample(given as Tensor4D),
    gradFunc: (dy: Tensor) => {
      const lines = reshape(dy, [batch, rows, columns * channels]);
      const gathered = matMul(shares(height, rows, places), lines);
      const across = reshape(gathered, [batch * height, columns, channels]);
      return reshape(matMul(shares(width, columns, places), across), [batch, height, width, channels]);
    },
  }))(x);
}

type Size = readonly [number, number];

/** Linear interpolation, `[batch, height, width, channels]` to height and width of `size`. */
export const linearResize = (x: Tensor4D, size: Size, places: Exclude<Places, 'nearest'>): Tensor =>
  resampled(x, size, places, (given) =>
    image.resizeBilinear(given, [...size], places === 'align_corners', places === 'half_pixel'),
  );

/** The nearest pixel from the origin, rounded down; by whole factors also that of half pixels. */
export const nearestResize = (x: Tensor4D, size: Size, half = false): Tensor =>
  resampled(x, size, 'nearest', (given) => image.resizeNearestNeighbor(given, [...size], false, half));
