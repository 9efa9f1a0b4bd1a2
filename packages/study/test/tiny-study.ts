import { memoryStorage } from '@segscape/runs';
import { type RunStudyOptions, runStudy, type StudyEvent, type StudyInput } from '@segscape/study';

/** Two losses, two epochs, six training images of 32×32, surfaces of 3×3 points, no maps: seconds. */
export const tinyStudy = {
  name: 'tiny',
  data: { kind: 'phantom', phantom: 'fundus', count: 8, height: 32, width: 32, seed: 7, split: { test: 2 } },
  augment: [{ kind: 'flip' }],
  model: { kind: 'unet', baseChannels: 4, depth: 2, norm: 'batch' },
  losses: [{ name: 'crossEntropy', label: 'CE 1:1' }, { name: 'dice' }],
  training: { epochs: 2, batchSize: 2 },
  landscape: { resolution: 3, samples: 2, maps: false },
} as const satisfies StudyInput;

/** The same with maps: a third longer. */
export const mappedStudy = {
  ...tinyStudy,
  landscape: { resolution: 3, samples: 2, trust: { pairs: 0 } },
} as const satisfies StudyInput;

export type Bytes = ReturnType<typeof memoryStorage>;

/** Runs a study to its end, or until `stopAt` asks for a stop. */
export async function study(
  storage: Bytes,
  {
    config = tinyStudy,
    stopAt = () => false,
    ...options
  }: { config?: StudyInput; stopAt?: (event: StudyEvent) => boolean } & Omit<
    RunStudyOptions,
    'storage' | 'signal'
  > = {},
): Promise<StudyEvent[]> {
  const controller = new AbortController();
  const events: StudyEvent[] = [];
  for await (const event of runStudy(config, { storage, signal: controller.signal, ...options })) {
    events.push(event);
    if (stopAt(event)) controller.abort();
  }
  return events;
}

export const text = async (storage: Bytes, path: string) =>
  new TextDecoder().decode(await storage.read(path));

/** A storage with the same files. */
export async function copyOf(storage: Bytes): Promise<Bytes> {
  const copy = memoryStorage();
  for (const path of await storage.list('')) await copy.write(path, await storage.read(path));
  return copy;
}
