import type { BackendInfo } from '@segscape/backend';
import type { EstimateFact, ScoreRow, Stage, StudyInput } from '@segscape/study';
import { proxy } from 'comlink';
import { studyClient } from './study-client.js';
import type { DeviceName, JobEvent } from './study-job.js';

/** One point of a training's curves. */
export interface EpochPoint {
  readonly loss: string;
  readonly seed: number;
  readonly epoch: number;
  readonly split: string;
  readonly measure: string;
  readonly value: number;
}

interface Training {
  /** The run that is under way, or was last. */
  name: string;
  state: 'idle' | 'running' | 'pausing' | 'paused' | 'done' | 'failed';
  stage: Stage | undefined;
  completed: number;
  total: number;
  label: string;
  device: BackendInfo | undefined;
  estimate: EstimateFact | undefined;
  points: readonly EpochPoint[];
  table: readonly ScoreRow[];
  notices: readonly string[];
  problem: string;
}

const idle: Training = {
  name: '',
  state: 'idle',
  stage: undefined,
  completed: 0,
  total: 0,
  label: '',
  device: undefined,
  estimate: undefined,
  points: [],
  table: [],
  notices: [],
  problem: '',
};

/** What is under way, for any page. */
export const training: Training = $state({ ...idle });

/** How many surfaces are whole by now changes with it: pages that show them look again. */
export const drawn = $state({ surfaces: 0 });

function hear(event: JobEvent): void {
  if (event.type === 'device') training.device = event.info;
  else if (event.type === 'prepared') training.estimate = event.estimate;
  else if (event.type === 'progress') {
    const { stage, completed, total, label } = event;
    if (stage === 'surfaces' && label !== training.label) drawn.surfaces++;
    Object.assign(training, { stage, completed, total, label });
  } else if (event.type === 'epoch') {
    const { loss, seed, epoch, measures } = event;
    const points = Object.entries(measures).flatMap(([split, values]) =>
      Object.entries(values).map(([measure, value]) => ({ loss, seed, epoch, split, measure, value })),
    );
    training.points = [...training.points, ...points];
  } else if (event.type === 'notice') training.notices = [...training.notices, event.message];
  else if (event.type === 'failed') Object.assign(training, { state: 'failed', problem: event.message });
  else {
    const { stopped, table } = event.result;
    drawn.surfaces++;
    Object.assign(training, { state: stopped ? 'paused' : 'done', table });
  }
}

/** Begins a study under a new name, which is returned at once. */
export async function begin(input: StudyInput, device: DeviceName): Promise<string> {
  const client = studyClient();
  const name = await client.freeName(`run-${new Date().toISOString().slice(0, 19).replace(/[T:]/g, '-')}`);
  Object.assign(training, { ...idle, name, state: 'running' });
  void client.begin(name, input, device, proxy(hear));
  return name;
}

/** Goes on with a run that was paused, or that a closed tab ended. */
export async function resume(name: string, device: DeviceName): Promise<void> {
  const client = studyClient();
  Object.assign(training, { ...idle, name, state: 'running' });
  const points = (await client.history(name)).map(({ loss, seed, epoch, split, measure, value }) => ({
    loss,
    seed,
    epoch,
    split,
    measure,
    value,
  }));
  training.points = points;
  void client.resume(name, device, proxy(hear));
}

export async function pause(): Promise<void> {
  training.state = 'pausing';
  await studyClient().pause();
}
