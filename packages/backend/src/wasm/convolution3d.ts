import { add, reshape, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { everyNth, stretch } from '../kernels/axis-by-axis.js';
import type { Attrs } from '../kernels/registry.js';
import { filterWindow } from '../windows/filter-window.js';
import { asPlanes, convolvePlanes, part } from './planes.js';

/** Convolution of volumes `[N, D, H, W, C]`: for each plane of the filter, the planes it saw are convolved as one batch. */
export function convolution3d(x: Tensor, filter: Tensor, attrs: Attrs): Tensor {
  return tidy(() => {
    const { input, output, kernel, strides, before, after } = filterWindow(x.shape, filter.shape, attrs);
    const [batch, channels] = [x.shape[0]!, x.shape[4]!];
    const along = (attrs.dilations ?? 1) as number | number[];
    const dilations = typeof along === 'number' ? [along, along, along] : along;
    const planes = stretch(asPlanes(x, input[0]!), -before[0]!, before[0]! + input[0]! + after[0]!);
    const shares = Array.from({ length: kernel[0]! }, (_, i) => {
      const seen = everyNth(planes, i * dilations[0]!, strides[0]!, output[0]!);
      return convolvePlanes(
        reshape(seen, [batch * output[0]!, input[1]!, input[2]!, channels]),
        part(filter, i),
        {
          strides: strides.slice(1),
          dilations: dilations.slice(1),
          border: [
            [before[1]!, after[1]!],
            [before[2]!, after[2]!],
          ],
        },
      );
    });
    return reshape(
      shares.reduce((a, b) => add(a, b)),
      [batch, ...output, filter.shape[4]!],
    );
  });
}
