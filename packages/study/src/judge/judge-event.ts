import type { ScoreRow } from '../events.js';

/** What a judgement tells of itself. */
export type JudgeEvent =
  | {
      readonly type: 'progress';
      readonly stage: 'masks' | 'surfaces' | 'report';
      readonly completed: number;
      readonly total: number;
      readonly label: string;
    }
  | { readonly type: 'notice'; readonly message: string }
  | {
      readonly type: 'done';
      readonly result: { readonly stopped: boolean; readonly table: readonly ScoreRow[] };
    };
