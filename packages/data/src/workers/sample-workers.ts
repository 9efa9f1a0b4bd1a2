import { assertOption, SegscapeError } from '@segscape/core';
import { assertOptions, options as optionsOf } from '@segscape/core/schema';
import { startWorker } from '#threads';
import { unchecked } from '../option-lines.js';
import type { ReadySample, SampleRequest, SampleWorkers } from '../ready-sample.js';
import type { FromWorker, WorkerThread } from './messages.js';

export interface SampleWorkersOptions {
  /** How many threads. Default one per core but one, at least one. */
  readonly count?: number;
  /**
   * Module whose default export is the registry, `Record<kind, (config) => SampleWork>`. Each thread loads it; the work
   * names what is in it, never code. Not needed with a `script` that has its own.
   */
  readonly registry?: URL;
  /** What the threads do: a kind of the registry, and its options, plain data. */
  readonly work: { readonly kind: string; readonly config: unknown };
  /** The threads' script, a module that calls `serveSamples`: for pages, whose bundler makes it. Default one of this package. */
  readonly script?: URL;
  /** Node's command-line options for the threads (`execArgv`). Default those of this process. */
  readonly nodeOptions?: readonly string[];
}

const sampleWorkersSchema = optionsOf<SampleWorkersOptions>({
  count: unchecked,
  registry: unchecked,
  work: unchecked,
  script: unchecked,
  nodeOptions: unchecked,
});

interface Asked {
  readonly resolve: (ready: ReadySample) => void;
  readonly reject: (why: SegscapeError) => void;
}

/** A thread, and what it was asked and has not answered. */
interface Seat {
  readonly thread: WorkerThread;
  readonly asked: Map<number, Asked>;
}

function answered({ asked, thread }: Seat, message: FromWorker): void {
  const waiting = asked.get(message.ask);
  asked.delete(message.ask);
  if (asked.size === 0) thread.hold(false);
  if ('ready' in message) {
    waiting?.resolve(message.ready);
    return;
  }
  const { code = 'BAD_OPTION', message: text, details } = message;
  waiting?.reject(new SegscapeError(code, text, details === undefined ? {} : { details }));
}

/**
 * Starts threads that make samples ready for `batches`, each with a data set, transform and preparation of its own, made
 * by the registry: functions can't be sent to a thread, names and plain data can. The data set must be the one that
 * `batches` is given: the same part, in the same order. Threads start with the first sample, serve any number of passes,
 * and keep no process alive while they wait.
 *
 * @param options see `SampleWorkersOptions`.
 * @returns the threads, for `batches(dataset, { workers })`; the caller disposes them.
 * @throws {SegscapeError} `BAD_OPTION`; a sample's errors are those of its data set and transform, and `BAD_OPTION` when
 * the registry can't be loaded or has no such kind, or a thread ended.
 */
export function sampleWorkers(options: SampleWorkersOptions): SampleWorkers {
  const where = 'sampleWorkers';
  assertOptions(where, options, sampleWorkersSchema);
  const cores = globalThis.navigator?.hardwareConcurrency ?? 2;
  const { count = Math.max(1, cores - 1), registry, work, script, nodeOptions } = options;
  assertOption(
    Number.isInteger(count) && count >= 1,
    where,
    'count',
    count,
    'be a whole number of at least 1',
  );
  assertOption(
    registry instanceof URL || (registry === undefined && script instanceof URL),
    where,
    'registry',
    registry,
    'be the URL of a module, unless a script has its own',
  );
  assertOption(
    typeof work?.kind === 'string',
    where,
    'work',
    work,
    'be { kind, config }, a kind of the registry',
  );
  const { kind, config } = work;
  const first = { ...(registry && { registry: registry.href }), kind, config };
  const seats: (Promise<Seat> | undefined)[] = Array.from({ length: count });
  let next = 0;

  const seat = async (place: number): Promise<Seat> => {
    const thread = await startWorker(script, nodeOptions);
    const made: Seat = { thread, asked: new Map() };
    thread.receive((message) => answered(made, message));
    // Another takes its place with the next sample.
    thread.onEnd((why) => {
      seats[place] = undefined;
      const text = `${where}: a worker ended (${why}). Look at what '${kind}' does, and at the script and the registry.`;
      for (const { reject } of made.asked.values()) reject(new SegscapeError('BAD_OPTION', text));
      made.asked.clear();
    });
    try {
      thread.post(first);
    } catch (cause) {
      await thread.end();
      const text = `${where}: work.config can't be sent to a worker (${(cause as Error).message}); give plain data.`;
      throw new SegscapeError('BAD_OPTION', text, { details: { option: 'work' }, cause });
    }
    thread.hold(false);
    return made;
  };
  return {
    count,
    async ready(request: SampleRequest) {
      for (let place = 0; place < count; place++) seats[place] ??= seat(place);
      const open = await Promise.all(seats as Promise<Seat>[]);
      const least = open.reduce((a, b) => (b.asked.size < a.asked.size ? b : a));
      return new Promise<ReadySample>((resolve, reject) => {
        const ask = next++;
        least.asked.set(ask, { resolve, reject });
        least.thread.hold(true);
        least.thread.post({ ask, request });
      });
    },
    async dispose() {
      const open = await Promise.allSettled(
        seats.splice(0, count, ...Array.from({ length: count }, () => undefined)),
      );
      for (const one of open) if (one.status === 'fulfilled') await one.value?.thread.end();
    },
  };
}
