import { type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { kernelsOf } from './registry.js';
import { repairStretchedProducts, repairStretchedStatistics } from './stretching.js';

/** A tensor of numbers of its own; `clone` shares them. For backends that read without waiting. */
const copied = (x: Tensor): Tensor => tensor(x.dataSync().slice(), x.shape, x.dtype);

/** Mends what several backends of TensorFlow.js have wrong. Calling it again does nothing. */
export function repairCommon(backendName: string): void {
  const { countAxis, repair } = kernelsOf(backendName);
  if (backendName !== 'wasm') repairStretchedProducts(backendName);
  if (backendName === 'cpu' || backendName === 'wasm') repairStretchedStatistics(backendName);
  // Give, for an axis counted from the end, tensors without a size; on wasm, memory is overwritten.
  for (const name of ['Cumsum', 'Cumprod']) countAxis(name);
  // Writes into its argument.
  if (backendName === 'cpu')
    repair('TensorScatterUpdate', (inputs, _attrs, own) =>
      tidy(() => own({ ...inputs, tensor: copied(inputs.tensor!) })),
    );
}
