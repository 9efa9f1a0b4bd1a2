import type { ErrorCode } from '@segscape/core';
import type { ReadySample, SampleRequest } from '../ready-sample.js';

/** What a thread is told: first what its work is, then which samples are wanted. */
export type ToWorker =
  | { readonly registry?: string; readonly kind: string; readonly config: unknown }
  | { readonly ask: number; readonly request: SampleRequest };

/** What it answers. */
export type FromWorker =
  | { readonly ask: number; readonly ready: ReadySample }
  | {
      readonly ask: number;
      readonly code?: ErrorCode;
      readonly message: string;
      readonly details?: Readonly<Record<string, unknown>>;
    };

/** One end of the line between a thread and who started it. */
export interface Port<Out, In> {
  post(message: Out, transfer?: readonly ArrayBuffer[]): void;
  receive(listener: (message: In) => void): void;
}

/** A thread as who started it sees it. */
export interface WorkerThread extends Port<ToWorker, FromWorker> {
  /** Called when it ended by itself. */
  onEnd(listener: (why: string) => void): void;
  /** Whether a process waits for it. */
  hold(busy: boolean): void;
  end(): Promise<void>;
}
