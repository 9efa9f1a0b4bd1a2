/**
 * Grids in worker threads: Node's, or web workers in a page.
 *
 *     import { threads } from '@segscape/landscape/threads';
 *
 *     const runner = threads({ workers: 2, registry: new URL('./registry.js', import.meta.url) });
 *
 * @module
 */
export type { GridRegistry, ServiceOptions } from './runners/grid-service.js';
export { serveThread } from './runners/serve-thread.js';
export { type ThreadsOptions, threads } from './runners/threads.js';
