import { confidenceMap, expectedCalibrationError, segmentationMetrics } from '@segscape/metrics';
import type { Adapter, Numbers } from '../adapter.js';
import { grid, ignoreIndexOf } from './read.js';

export const calibration: Adapter = (oracle) => {
  const { bins, norm } = oracle.params;
  return {
    value: expectedCalibrationError(grid(oracle.inputs.mask!), grid(oracle.inputs.probs!), {
      bins: bins as number,
      norm: norm as 'l1' | 'l2' | 'max',
      ...ignoreIndexOf(oracle),
    }),
  };
};

export const confidence: Adapter = async (oracle) => {
  const [labels, probabilities] = [grid(oracle.inputs.mask!), grid(oracle.inputs.probs!)];
  const channels = probabilities.shape.at(-1)!;
  const metrics = segmentationMetrics({
    classes: Math.max(channels, 2),
    input: 'probabilities',
    ...ignoreIndexOf(oracle),
  });
  await metrics.update(labels, probabilities);
  const map = confidenceMap(labels, probabilities, ignoreIndexOf(oracle));
  const nested = (data: readonly number[], shape: readonly number[]): Numbers => {
    if (shape.length <= 1) return [...data];
    const span = data.length / shape[0]!;
    return Array.from({ length: shape[0]! }, (_, i) =>
      nested(data.slice(i * span, (i + 1) * span), shape.slice(1)),
    );
  };
  return { value: { map: nested([...map.data], map.shape), perClass: [...metrics.compute().confidence] } };
};
