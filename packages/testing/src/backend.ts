import { getBackend } from '@tensorflow/tfjs-core';

/** The backend that tests run on. */
export const testBackend = (): string => getBackend();

const onGpu = (): boolean => ['webgl', 'webgpu'].includes(testBackend());

/** What every tolerance is multiplied by: drivers of GPUs are free in their last bits. */
export const toleranceFactor = (): number => (onGpu() ? 10 : 1);

/** How many random cases to try: on a GPU every new shape costs new shaders, and the laws were tried on others. */
export const randomRuns = (runs: number): number => (onGpu() ? Math.ceil(runs / 8) : runs);
