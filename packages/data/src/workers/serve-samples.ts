import { isSegscapeError, SegscapeError } from '@segscape/core';
import { workerPort } from '#threads';
import { type ReadySample, readySample, type SampleWork } from '../ready-sample.js';
import type { FromWorker, ToWorker } from './messages.js';

/** What threads can do, by kind: makes a data set and what belongs to it from plain options. */
// The registry knows what its kinds take; a config comes as what it was sent as.
export type SampleRegistry = Readonly<Record<string, (config: never) => SampleWork | Promise<SampleWork>>>;

async function workOf(message: ToWorker, given: SampleRegistry | undefined): Promise<SampleWork> {
  if ('ask' in message) throw new Error('a worker was asked before it was told its work');
  const { registry: address, kind, config } = message;
  const module = (
    given === undefined && address !== undefined
      ? await import(/* @vite-ignore */ address)
      : { default: given }
  ) as { readonly default?: SampleRegistry };
  const known = module.default;
  if (known === undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      `sampleWorkers: ${address ?? 'the script'} has no default export; expected Record<kind, (config) => SampleWork>.`,
    );
  const make = Object.hasOwn(known, kind) ? (known[kind] as (config: unknown) => SampleWork) : undefined;
  if (make === undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      `sampleWorkers: the registry has no kind '${kind}'; it has: ${Object.keys(known).join(', ')}.`,
      { details: { option: 'work', value: kind } },
    );
  return make(config);
}

/** What goes over without a copy: memory that is whole and that nobody else holds. */
function own({ values }: ReadySample): ArrayBuffer[] {
  return values.buffer instanceof ArrayBuffer && values.byteLength === values.buffer.byteLength
    ? [values.buffer]
    : [];
}

function failure(ask: number, cause: unknown): FromWorker {
  if (!isSegscapeError(cause)) return { ask, message: `sampleWorkers: ${(cause as Error).message ?? cause}` };
  const { code, message, details } = cause;
  // Only what can be copied goes over.
  return {
    ask,
    code,
    message,
    details: JSON.parse(JSON.stringify(details ?? {})) as Record<string, unknown>,
  };
}

/**
 * Makes the script that calls it a thread of `sampleWorkers({ script })`: for pages, whose bundler puts a worker and what
 * its registry needs into one file. The worker's whole script:
 *
 *     import { serveSamples } from '@segscape/data/workers';
 *     import registry from './registry.js';
 *
 *     await serveSamples(registry);
 *
 * @param registry what the thread can do. Default the module that `sampleWorkers` names.
 * @returns when the thread listens.
 */
export async function serveSamples(registry?: SampleRegistry): Promise<void> {
  const port = await workerPort();
  let work: Promise<SampleWork> | undefined;
  port.receive(async (message) => {
    if (!('ask' in message)) {
      work = workOf(message, registry);
      work.catch(() => {}); // told with the first sample
      return;
    }
    const { ask, request } = message;
    try {
      const ready = await readySample(await (work ?? workOf(message, registry)), request);
      port.post({ ask, ready }, own(ready));
    } catch (cause) {
      port.post(failure(ask, cause));
    }
  });
}
