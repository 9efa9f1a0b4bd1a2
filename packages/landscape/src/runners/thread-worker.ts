/**
 * The script that `threads()` starts where no other is given; its registry is the module that the options name.
 *
 * @module
 */
import { serveThread } from './serve-thread.js';

await serveThread();
