/**
 * The run folder on a disk.
 *
 *     import { createRun } from '@segscape/runs';
 *     import { fsStorage } from '@segscape/runs/node';
 *
 *     const run = await createRun(fsStorage('runs/today'), { epochs: 20 });
 *
 * @module
 */
export { fsStorage } from './fs-storage.js';
