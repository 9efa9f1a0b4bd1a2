import { isSegscapeError } from '@segscape/core';
import { peakMemory } from './peak-memory.mjs';

/**
 * Longest that one file may take, in milliseconds: of the processor's time, which other work on the machine does not lengthen, or five
 * times as long by the clock, which sees what waits for ever. And what a process may grow by while it reads one, in megabytes.
 */
const slowest = 2000;
const largest = 1024;

const own = () => JSON.stringify([Object.prototype, Array.prototype].map(Object.getOwnPropertyNames));
const before = own();
const memory = peakMemory();

/**
 * What came of reading something: nothing wrong, or a fault in words. A typed error of these codes is an answer; any other
 * error is a fault, and so is a prototype that was written to, more than two seconds of work, and more than a gigabyte.
 */
export async function judged(read, codes) {
  memory.begin();
  const began = performance.now();
  const worked = process.cpuUsage();
  let fault;
  try {
    await read();
  } catch (error) {
    if (!codes.some((code) => isSegscapeError(error, code)))
      fault = `not a typed error: ${error?.code ?? ''} ${error?.stack?.split('\n').slice(0, 3).join(' ') ?? error}`;
  }
  const clock = performance.now() - began;
  const { user, system } = process.cpuUsage(worked);
  const ms = Math.max(Math.min(clock, (user + system) / 1000), clock / 5);
  const grown = memory.grown();
  if (ms > slowest) fault ??= `took ${Math.round(ms)} ms`;
  if (grown > largest) fault ??= `took ${Math.round(grown)} MB`;
  if (own() !== before) fault = 'it wrote to a prototype';
  return fault;
}
