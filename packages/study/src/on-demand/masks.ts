import type { Dataset } from '@segscape/data';
import type { MaskExamination } from '../examine/examination.js';
import type { ExamineOptions } from '../examine/examine-masks.js';
import type { JudgeEvent } from '../judge/judge-event.js';
import type { JudgeOptions } from '../judge/judge-options.js';

// Masks that are looked at or judged, without any training; loaded when they are.

/**
 * Looks at the masks of a dataset before anything is trained: how rare, small, thin, many, touching and ragged each class
 * is, what is odd about the set, and which losses suit it, with the papers that say so.
 *
 *     const { findings, proposals } = await examineMasks(dataset);
 *
 * @param dataset images with masks of class indices, of which `most` at most are read, one after the other.
 * @param options how many images, what hears of each, and what stops it; their defaults stand with their types.
 * @returns plain data; every finding is a sentence with what to do.
 * @throws {SegscapeError} what the dataset throws; `ABORTED` when the signal has fired.
 */
export async function examineMasks(dataset: Dataset, options: ExamineOptions = {}): Promise<MaskExamination> {
  const room = await import('../examine/examine-masks.js');
  return room.examineMasks(dataset, options);
}

/**
 * Scores masks or probabilities that anybody made against the truth, and compares them: the study's measures, intervals, tests, pictures and
 * report, without any training.
 *
 *     for await (const event of judgeMasks({ truth, predictions: { nnUNet, Cellpose }, storage })) …
 *
 * With probabilities also calibration, the confidence in each class, and maps of losses.
 *
 * @param options `truth`, `storage`, and `predictions` or `probabilities` of the same images; the defaults of all others
 *   stand with their types.
 * @returns events, the last of them `done` with a row of means for each; `report.html`, `report.json` and
 *   `scores.csv` in the storage.
 * @throws {SegscapeError} `PAIR_MISSING`, `MASK_SIZE_MISMATCH`, `SHAPE_MISMATCH`, `BAD_OPTION`, `EMPTY_DATASET`,
 *   `UNSUPPORTED_FORMAT` for volumes, `NOT_WRITABLE` for a folder that holds a run, `ABORTED` when the signal has fired,
 *   and what reading throws.
 */
export async function* judgeMasks(options: JudgeOptions): AsyncGenerator<JudgeEvent> {
  const room = await import('../judge/judge-masks.js');
  yield* room.judgeMasks(options);
}
