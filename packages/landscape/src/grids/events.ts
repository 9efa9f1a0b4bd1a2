import { isSegscapeError } from '@segscape/core';

/** How far long work is. */
export interface ProgressEvent {
  readonly type: 'progress';
  /** What is being done: the name of the function, or of a part of its work. */
  readonly stage: string;
  /** Units of work done: points, steps or pairs. */
  readonly completed: number;
  readonly total: number;
  /** The same in words. */
  readonly label: string;
}

/** The last event of long work. */
export interface DoneEvent<R> {
  readonly type: 'done';
  /** As far as it came, where it was stopped. */
  readonly result: R;
  /** Whether the signal had fired. */
  readonly stopped: boolean;
}

/** `progress('line', 3, 11, 'point')`: point 3 of 11. */
export const progress = (stage: string, completed: number, total: number, unit: string): ProgressEvent => ({
  type: 'progress',
  stage,
  completed,
  total,
  label: `${unit} ${completed} of ${total}`,
});

/** The last event: of a signal that has fired, as stopped. */
export const ended = <R>(result: R, signal: AbortSignal | undefined): DoneEvent<R> => ({
  type: 'done',
  result,
  stopped: signal?.aborted === true,
});

/** Whether an error is how a signal that has fired comes out of what it stopped. */
export const isStop = (error: unknown, signal: AbortSignal | undefined): boolean =>
  signal?.aborted === true &&
  (isSegscapeError(error, 'ABORTED') ||
    error === signal.reason ||
    (error instanceof Error && error.name === 'AbortError'));
