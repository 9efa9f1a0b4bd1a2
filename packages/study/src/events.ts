import type { Measures } from '@segscape/train';
import type { SetupSummary } from './setup.js';

/** The parts of a study, in the order they are done. */
export type Stage = 'data' | 'training' | 'evaluation' | 'surfaces' | 'maps' | 'report';

/** What a study will take, from steps timed on this machine. */
export interface EstimateFact {
  readonly minutes: number;
  /** Of the run folder, checkpoints above all. */
  readonly bytes: number;
  readonly trainings: number;
  /** Of each training. */
  readonly steps: number;
  readonly epochs: number;
  /** Passes over the training images in one epoch. */
  readonly repeats: number;
  /** Points along each axis of the surfaces, where a budget in minutes made them coarser than the config's. */
  readonly resolution?: number;
  /** Images that a point of them is evaluated on, where those of the config would take too much of a budget in minutes. */
  readonly samples?: number;
  readonly stepMs: number;
}

export type StudyEvent =
  /** Data are read and the network is known. */
  | { readonly type: 'prepared'; readonly summary: SetupSummary; readonly estimate?: EstimateFact }
  /** Work done in a stage, out of all of it; also what is under way, in a few words. */
  | {
      readonly type: 'progress';
      readonly stage: Stage;
      readonly completed: number;
      readonly total: number;
      readonly label: string;
    }
  | {
      readonly type: 'epoch';
      readonly loss: string;
      readonly seed: number;
      /** From 0; absent of the first. */
      readonly fold?: number;
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
