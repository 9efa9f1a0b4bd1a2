import { SegscapeError } from '@segscape/core';
import { memoryStorage } from '@segscape/runs';
import { type EstimateFact, runStudy, type StudyInput } from '@segscape/study';
import { inTurn } from './in-turn.js';
import { labRegistry } from './lab-registry.js';
import { chooseDevice, type DeviceName, runningJob } from './study-job.js';

/** What a study would take, and on what. */
export interface Taken {
  /** The device that computes, and in which numbers. */
  readonly device: string;
  /** Undefined where a loss diverges in the first steps. */
  readonly estimate: EstimateFact | undefined;
}

/** Begins a study that leaves nothing behind, up to its first measured steps. */
export async function estimated(input: StudyInput, name: DeviceName): Promise<Taken> {
  const busy = runningJob();
  if (busy) throw new SegscapeError('BACKEND_UNAVAILABLE', `'${busy}' is under way. Pause it, then measure.`);
  const { name: backend, device, precision } = await chooseDevice(name);
  const words = [`${backend}${device ? ` (${device})` : ''}`, precision].filter(Boolean).join(', ');
  const events = runStudy(input, {
    storage: memoryStorage(),
    registry: labRegistry,
    jit: { executor: 'eager' },
    platform: navigator.userAgent,
  });
  return inTurn(async () => {
    for await (const event of events)
      if (event.type === 'prepared') return { device: words, estimate: event.estimate };
    return { device: words, estimate: undefined };
  });
}
