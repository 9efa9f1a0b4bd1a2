import type { Measures } from '@segscape/train';
import type { MaterialSummary } from './material.js';

/** The parts of a study, in the order they are done. */
export type Stage = 'data' | 'training' | 'evaluation' | 'surfaces' | 'report';

export type StudyEvent =
  /** Data are read and the network is known. */
  | { readonly type: 'prepared'; readonly summary: MaterialSummary }
  /** Work done in a stage, out of all of it; also what is under way, in a few words. */
  | {
      readonly type: 'progress';
      readonly stage: Stage;
      readonly done: number;
      readonly total: number;
      readonly label: string;
    }
  | {
      readonly type: 'epoch';
      readonly loss: string;
      readonly seed: number;
      readonly epoch: number;
      readonly epochs: number;
      readonly measures: Measures;
    }
  /** Something the user should know: a damaged checkpoint that was passed over, a fallback to slower code. */
  | { readonly type: 'notice'; readonly message: string }
  | { readonly type: 'done'; readonly result: StudyResult };

export interface StudyResult {
  /** Stopped by the signal; run again with `resume` to go on. */
  readonly stopped: boolean;
  /** Final scores on the test images by loss: means over images and seeds. */
  readonly table: readonly ScoreRow[];
}

export interface ScoreRow {
  readonly loss: string;
  readonly values: Readonly<Record<string, number>>;
}
