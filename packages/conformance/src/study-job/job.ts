import { useBackend } from '@segscape/backend';
import { memoryStorage } from '@segscape/runs';
import { runStudy, type StudyInput } from '@segscape/study';

/** Where a study is computed. */
export interface JobRequest {
  readonly backend: 'cpu' | 'wasm' | 'webgl' | 'webgpu';
  readonly executor: 'eager' | 'onnxruntime';
}

/** The demo in small: the same job on eight images of 32×32, without surfaces. */
export const job = {
  name: 'small demo',
  data: { kind: 'phantom', phantom: 'fundus', count: 8, height: 32, width: 32, seed: 7, split: { test: 2 } },
  augment: [{ kind: 'flip' }, { kind: 'brightness', delta: 15 }],
  model: { kind: 'unet', baseChannels: 4, depth: 2, norm: 'batch' },
  losses: [{ name: 'crossEntropy', label: 'cross-entropy' }, { name: 'dice' }],
  training: { epochs: 3, batchSize: 3, optimizer: { kind: 'adam', learningRate: 3e-3 } },
  landscape: { enabled: false },
} as const satisfies StudyInput;

/** Runs the job to its end and gives the losses of the last epoch, by loss and part of the data. */
export async function runJob({ backend, executor }: JobRequest): Promise<Record<string, number>> {
  await useBackend(backend, { threads: 1 });
  const losses: Record<string, number> = {};
  for await (const event of runStudy(job, { storage: memoryStorage(), jit: { executor } })) {
    if (event.type !== 'epoch' || event.epoch < event.epochs) continue;
    for (const [part, measures] of Object.entries(event.measures))
      if (measures.loss !== undefined) losses[`${event.loss}, ${part}`] = measures.loss;
  }
  return losses;
}
