/**
 * Grids on any number of machines, by chunks on a Redis: the runner, and what the workers run.
 *
 *     import { bullmq, serveGrid } from '@segscape/landscape/bullmq';
 *
 *     const runner = bullmq({ connection: process.env.REDIS_URL }); // where the grid is asked for
 *     await serveGrid({ connection: process.env.REDIS_URL, registry, signal }); // where it is computed
 *
 * @module
 */
export { type BullmqOptions, bullmq } from './runners/bullmq-runner.js';
export type { GridRegistry, ServiceOptions } from './runners/grid-service.js';
export type { HealthOptions, WorkerCounts } from './runners/health.js';
export type { RedisConnection } from './runners/redis.js';
export { type ServeGridOptions, serveGrid } from './runners/serve-grid.js';
