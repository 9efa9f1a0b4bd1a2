import type { BackendInfo } from '@segscape/backend';
import type { EstimateFact, ScoreRow, Stage, StudyInput } from '@segscape/study';
import { proxy } from 'comlink';
import type { JobEvent, SketchEvent } from './job-events.js';
import { type EpochPoint, LearningCurves } from './learning-curves.js';
import type { LiveSight } from './live-look.js';
import { studyClient, wordsOf } from './study-client.js';
import type { DeviceName } from './study-job.js';

/** A study as pages show it. What it tells is replaced and never changed, so nothing in it need be watched. */
class Training {
  /** The run that is under way, or was last. */
  name = $state('');
  state = $state<'idle' | 'running' | 'pausing' | 'paused' | 'done' | 'failed'>('idle');
  stage = $state.raw<Stage | undefined>();
  completed = $state(0);
  total = $state(0);
  label = $state('');
  device = $state.raw<BackendInfo | undefined>();
  estimate = $state.raw<EstimateFact | undefined>();
  #curves = new LearningCurves();
  #grown = $state(0);
  table = $state.raw<readonly ScoreRow[]>([]);
  notices = $state.raw<readonly string[]>([]);
  /** What each network makes of the watched picture, by its loss; of the seed that told last. */
  sights = $state.raw<Readonly<Record<string, LiveSight>>>({});
  /** The surface that is under way; none before its first points, and none between surfaces. */
  sketch = $state.raw<SketchEvent | undefined>();
  problem = $state('');
  /** Of what failed: whether something of it is on the shelf. */
  kept = $state(false);

  /** Whether the worker computes a study. */
  get working(): boolean {
    return this.state === 'running' || this.state === 'pausing';
  }

  /** Another study, of which nothing is known yet. */
  begin(name: string): void {
    Object.assign(this, { name, state: 'running', stage: undefined, completed: 0, total: 0, label: '' });
    Object.assign(this, { device: undefined, estimate: undefined, table: [], notices: [], sights: {} });
    Object.assign(this, { problem: '', sketch: undefined });
    this.#curves = new LearningCurves();
    this.#grown++;
  }

  /** Curves of all epochs that came; whoever reads them is told when they have grown. */
  get curves(): LearningCurves {
    void this.#grown;
    return this.#curves;
  }

  grow(points: Iterable<EpochPoint>): void {
    this.#curves.add(points);
    this.#grown++;
  }
}

/** What is under way, for any page. */
export const training = new Training();

/** Pages need not be newer than this, in milliseconds; steps and epochs of small networks come faster. */
const often = 200;

let waiting: EpochPoint[] = [];
let progress: Progress | undefined;
/** Of the newest progress, shown or not. */
let label = '';
let timer: ReturnType<typeof setTimeout> | undefined;

type Progress = Pick<Training, 'stage' | 'completed' | 'total' | 'label'>;

function forget(): void {
  clearTimeout(timer);
  timer = undefined;
  waiting = [];
  progress = undefined;
  label = '';
}

/** Shows what came. */
function flush(): void {
  clearTimeout(timer);
  timer = undefined;
  const [points, newest] = [waiting, progress];
  waiting = [];
  progress = undefined;
  if (newest) Object.assign(training, newest);
  if (points.length > 0) training.grow(points);
}

function soon(): void {
  timer ??= setTimeout(flush, often);
}

/** How many surfaces are whole by now changes with it: pages that show them look again. */
export const drawn = $state({ surfaces: 0 });

function hear(event: JobEvent): void {
  if (event.type === 'device') training.device = event.info;
  else if (event.type === 'prepared') training.estimate = event.estimate;
  else if (event.type === 'progress') {
    const { stage, completed, total } = event;
    if (stage === 'surfaces' && event.label !== label) drawn.surfaces++;
    label = event.label;
    // The surface that was under way is whole, and among the others.
    if (training.sketch && training.sketch.label !== label) training.sketch = undefined;
    progress = { stage, completed, total, label };
    if (stage === training.stage) soon();
    else flush();
  } else if (event.type === 'epoch') {
    const { loss, seed, epoch, measures } = event;
    const points = Object.entries(measures).flatMap(([split, values]) =>
      Object.entries(values).map(([measure, value]) => ({ loss, seed, epoch, split, measure, value })),
    );
    waiting.push(...points);
    soon();
  } else if (event.type === 'notice') training.notices = [...training.notices, event.message];
  else if (event.type === 'seen') training.sights = { ...training.sights, [event.loss]: event };
  else if (event.type === 'sketch') training.sketch = event;
  else if (event.type === 'failed') {
    flush();
    const { message: problem, kept } = event;
    Object.assign(training, { state: 'failed', problem, kept, sketch: undefined });
  } else {
    flush();
    const { stopped, table } = event.result;
    drawn.surfaces++;
    Object.assign(training, { state: stopped ? 'paused' : 'done', table, sketch: undefined });
  }
}

/** The worker tells itself of what fails in a study; this is what fails before. */
const notBegun = (error: unknown) => hear({ type: 'failed', message: wordsOf(error), kept: false });

/** Begins a study under a new name, which is returned at once. */
export async function begin(input: StudyInput, device: DeviceName): Promise<string> {
  const client = studyClient();
  const name = await client.freeName(`run-${new Date().toISOString().slice(0, 19).replace(/[T:]/g, '-')}`);
  forget();
  training.begin(name);
  client.begin(name, input, device, proxy(hear)).catch(notBegun);
  return name;
}

/** Goes on with a run that was paused, or that a closed tab ended. */
export async function resume(name: string, device: DeviceName): Promise<void> {
  const client = studyClient();
  forget();
  training.begin(name);
  training.grow(await client.history(name));
  client.resume(name, device, proxy(hear)).catch(notBegun);
}

export async function pause(): Promise<void> {
  training.state = 'pausing';
  await studyClient().pause();
}
