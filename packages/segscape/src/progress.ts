import { countOf } from '@segscape/core';
import type { EstimateFact, Stage, StudyConfig, StudyEvent } from '@segscape/study';
import { Listr, type ListrTask } from 'listr2';
import { jsonEvent } from './json-events.js';
import { prose } from './prose.js';

const titles: Record<Stage, string> = {
  data: 'Read the data',
  training: 'Train',
  evaluation: 'Score on the test images',
  surfaces: 'Draw the loss surfaces',
  maps: 'Draw the maps of all losses',
  report: 'Write the report',
};
const order = Object.keys(titles) as Stage[];

type Line = Parameters<ListrTask['task']>[1];

interface Open {
  line?: Line;
  finish(): void;
  fail(error: unknown): void;
  readonly done: Promise<void>;
  began?: { readonly at: number; readonly done: number };
}

function opened(): Open {
  let finish = () => {};
  let fail: (error: unknown) => void = () => {};
  const done = new Promise<void>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  done.catch(() => {});
  return { finish, fail, done };
}

/** Seconds as `1 h 05 min`, `3 min 20 s` or `12 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (h > 0) return `${h} h ${String(m).padStart(2, '0')} min`;
  return m > 0 ? `${m} min ${String(s).padStart(2, '0')} s` : `${s} s`;
}

export interface Board {
  show(event: StudyEvent): void;
  /** All done, or what ended it early. */
  end(error?: unknown): Promise<void>;
}

/** The events of a study for other programs; notices among them. */
export const jsonBoard = (out: string): Board => ({
  show: (event) => jsonEvent(event.type === 'done' ? { ...event, result: { ...event.result, out } } : event),
  end: async () => {},
});

/** The stages of a study as a list with progress and time left; plain lines where there is no terminal. */
export function board(_config: StudyConfig): Board {
  const stages = Object.fromEntries(order.map((stage) => [stage, opened()])) as Record<Stage, Open>;
  const terminal = Boolean(process.stdout.isTTY);
  const list = new Listr(
    order.map((stage) => ({
      title: titles[stage],
      task: (_: unknown, line: Line) => {
        stages[stage].line = line;
        return stages[stage].done;
      },
    })),
    {
      renderer: terminal ? 'default' : 'simple',
      exitOnError: true,
      // Ctrl-C is ours: the run stops after its step and can go on.
      registerSignalListeners: false,
      rendererOptions: terminal ? { collapseErrors: true } : {},
    } as never,
  );
  const shown = list.run().catch(() => {});
  let latest = 0;

  const reach = (stage: Stage) => {
    for (; latest < order.indexOf(stage); latest++) stages[order[latest]!].finish();
  };
  return {
    show(event) {
      if (event.type === 'prepared' && event.estimate)
        process.stdout.write(`${prose(planned(event.estimate))}\n`);
      if (event.type === 'notice') process.stderr.write(`\nNote: ${event.message}\n`);
      if (event.type === 'epoch' && !terminal)
        process.stdout.write(
          `  ${event.loss}, seed ${event.seed}, epoch ${event.epoch}/${event.epochs}: ${brief(event.measures)}\n`,
        );
      if (event.type !== 'progress') return;
      reach(event.stage);
      const stage = stages[event.stage];
      stage.began ??= { at: performance.now(), done: event.completed };
      const since = event.completed - stage.began.done;
      const left =
        since > 0
          ? ((performance.now() - stage.began.at) / 1000 / since) * (event.total - event.completed)
          : Number.NaN;
      const eta = Number.isFinite(left) ? `, ${duration(left)} left` : '';
      if (terminal && stage.line)
        stage.line.title = `${titles[event.stage]}: ${event.label} ${Math.floor((100 * event.completed) / Math.max(1, event.total))} %${eta}`;
    },
    async end(error) {
      const current = stages[order[latest]!];
      if (error !== undefined) current.fail(error);
      else for (const stage of order) stages[stage].finish();
      await shown;
    },
  };
}

/** `4 trainings of 240 steps (6 epochs), 85 ms each: about 3 min and 12 MB.` */
function planned({
  trainings,
  steps,
  epochs,
  stepMs,
  minutes,
  bytes,
  resolution,
  samples,
}: EstimateFact): string {
  const size = bytes < 1e9 ? `${Math.max(1, Math.round(bytes / 1e6))} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
  const coarser =
    resolution === undefined
      ? ''
      : ` Surfaces are of ${resolution}×${resolution} points${samples === undefined ? '' : ` over ${countOf(samples, 'image')}`}, to leave time for the trainings.`;
  return `${countOf(trainings, 'training')} of ${countOf(steps, 'step')} (${countOf(epochs, 'epoch')}), ${stepMs < 10 ? stepMs.toFixed(1) : stepMs.toFixed(0)} ms each: about ${duration(minutes * 60)} and ${size} in all.${coarser}`;
}

function brief(measures: Readonly<Record<string, Readonly<Record<string, number>>>>): string {
  const test = measures.test ?? {};
  const iou = Object.entries(test)
    .filter(([name]) => name.startsWith('iou.') && name !== 'iou.mean')
    .at(-1);
  return `test loss ${test.loss?.toFixed(4) ?? '–'}${iou ? `, ${iou[0].replace('.', ' ')} ${Number.isNaN(iou[1]) ? '–' : iou[1].toFixed(3)}` : ''}`;
}
