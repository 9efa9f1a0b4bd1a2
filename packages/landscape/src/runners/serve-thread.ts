import { SegscapeError } from '@segscape/core';
import type { PointValues } from '../grids/grid-runner.js';
import { type GridRegistry, type GridService, gridService, type ServiceOptions } from './grid-service.js';
import { workerpool } from './workerpool.js';

/** What a worker is asked. */
export interface ThreadRequest {
  /** Address of the registry's module; undefined where the script has a registry itself. */
  readonly registry: string | undefined;
  readonly service: ServiceOptions;
  /** The chunk. */
  readonly payload: unknown;
  /** By hash: shared memory, or an address that gives the bytes. */
  readonly blobs: Readonly<Record<string, SharedArrayBuffer | string>>;
}

async function registryOf(address: string | undefined): Promise<GridRegistry> {
  const module =
    address && ((await import(/* @vite-ignore */ address)) as { readonly default?: GridRegistry });
  if (module && module.default !== undefined) return module.default;
  throw new SegscapeError(
    'BAD_OPTION',
    `threads: ${address ? `${address} has no default export` : 'neither the script nor the options have a registry'}; expected a registry, Record<kind, (config) => Objective>.`,
  );
}

async function bytesOf(blob: SharedArrayBuffer | string): Promise<Uint8Array> {
  if (typeof blob !== 'string') return new Uint8Array(blob);
  return new Uint8Array(await (await fetch(blob)).arrayBuffer());
}

/**
 * Makes the script that calls it a worker of `threads({ script })`: for pages, whose bundler puts a worker and what its
 * registry needs into one file. The worker's whole script:
 *
 *     import { serveThread } from '@segscape/landscape/threads';
 *     import registry from './registry.js';
 *
 *     await serveThread(registry);
 *
 * @param registry what the worker can evaluate. Default the module that `threads` names.
 * @returns when the worker is ready.
 * @throws {SegscapeError} `BACKEND_UNAVAILABLE` without the optional package `workerpool`.
 */
export async function serveThread(registry?: GridRegistry): Promise<void> {
  const services = new Map<string, Promise<GridService>>();
  const serviceOf = (request: ThreadRequest): Promise<GridService> => {
    const key = JSON.stringify([request.registry, request.service]);
    const known = services.get(key);
    if (known) return known;
    const made = (async () =>
      gridService(registry ?? (await registryOf(request.registry)), request.service))();
    services.set(key, made);
    // One that could not be made may be tried again.
    made.catch(() => services.delete(key));
    return made;
  };
  const { worker } = await workerpool('serveThread');
  worker({
    evaluate: async (request: ThreadRequest): Promise<PointValues[]> => {
      const service = await serviceOf(request);
      return service.evaluate(request.payload, (hash) => bytesOf(request.blobs[hash]!));
    },
  });
}
