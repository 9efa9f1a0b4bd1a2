import type { Storage } from '@segscape/core';
import type { StudyInput } from '../config/schema.js';
import type { StudyEvent } from '../events.js';
import type { StudyRegistry } from '../kinds/registry.js';
import type { StudyFinding } from '../original-study/finding.js';
import type { RunStudyOptions } from '../run-study.js';
import type { TrainingSample, TrainingSamplesOptions } from '../training-samples.js';
import type { VerifyEvent } from '../verify-run.js';

// What trains and draws is loaded when a study begins: a page that reads configs does not carry it.

/**
 * The whole job: trains with every loss and seed, scores, draws the surfaces and writes the report, as a stream of
 * events whose last is `done`. Set a backend first (`useBackend`).
 *
 * @param given the config: YAML text, or a plain object of the same form.
 * @param options `storage`, the run folder; the defaults of all others stand with their types.
 * @returns events `prepared`, `progress`, `epoch` and `notice`, and `done` at last, with the table of scores: with
 *   `stopped: true` and an empty table where the signal has fired, and a folder that `resume` goes on from.
 * @throws {SegscapeError} `BAD_CONFIG`, also for a config that a resumed run cannot go on with; `NOT_WRITABLE` for a
 *   folder that holds a run or that somebody else writes to; `NOT_FOUND` where there is none to resume; and what data and
 *   training throw. What was done is kept.
 */
export async function* runStudy(
  given: string | StudyInput,
  options: RunStudyOptions,
): AsyncGenerator<StudyEvent> {
  const room = await import('../run-study.js');
  yield* room.runStudy(given, options);
}

/**
 * Scores every network of a finished run again and draws its surfaces again, from the weights that it keeps, on a copy in
 * memory; and says whether every number is the recorded one, bit for bit. The trainings themselves are not repeated.
 *
 *     for await (const event of verifyRun(storage)) if (event.type === 'done') event.result.differences.length; // 0
 *
 * @param storage the run folder; nothing in it is written.
 * @param options as for `runStudy`: `signal`, `jit`, `runner`, `registry`, `platform`.
 * @returns events `progress` and `notice`, and `done` at last with the differences: with `stopped: true` and nothing
 *   compared where the signal has fired.
 * @throws {SegscapeError} `NOT_FOUND` without a run, and what `runStudy` throws: the data must be where they were.
 */
export async function* verifyRun(
  storage: Storage,
  options: Omit<RunStudyOptions, 'storage' | 'resume'> = {},
): AsyncGenerator<VerifyEvent> {
  const room = await import('../verify-run.js');
  yield* room.verifyRun(storage, options);
}

/**
 * Which findings of the original study a finished run bears out: the order in which losses leave their plateau (cross-entropy
 * with weights 1:3, 1:2, 1:1, then focal losses by rising γ), confidence that falls with γ in every class, and weights that
 * raise the rare class's confidence. Losses that a run does not have are passed over; with one seed the verdicts are on its
 * networks, not on the losses.
 *
 *     for (const { claim, verdict } of await verifyStudy(storage)) console.log(verdict, claim);
 *
 * @param storage the run folder.
 * @param registry with the kinds of the run's plug-ins. Default `studyRegistry`.
 * @returns a finding for each of the three claims, `undecided` without evidence where the run lacks the losses.
 * @throws {SegscapeError} `NOT_FOUND` without a finished run; `CORRUPT_FILE` for a damaged one.
 */
export async function verifyStudy(storage: Storage, registry?: StudyRegistry): Promise<StudyFinding[]> {
  const room = await import('../original-study/verify-study.js');
  return room.verifyStudy(storage, registry);
}

/**
 * What the networks of a run were trained with in an epoch, sample by sample, in the order of the batches: what was drawn for each,
 * and what the augmentation made of it. It is computed anew from the config, the seed and the images, which must lie where the
 * config says; the same to the bit.
 *
 *     for await (const { id, batch, drawn } of trainingSamples(storage, { epoch: 3 })) console.log(batch, id, drawn);
 *
 * @param storage the run folder; nothing in it is written.
 * @param options which epoch; seed, fold and image, where not all or the first is meant.
 * @returns the samples, each read when it is asked for; an image comes as often as an epoch has passes over the images.
 * @throws {SegscapeError} `NOT_FOUND` without a run, or for an image that no network was trained with; `BAD_OPTION` for an epoch,
 *   seed or fold that the run does not have; what the dataset throws where its images are gone.
 */
export async function* trainingSamples(
  storage: Storage,
  options: TrainingSamplesOptions,
): AsyncGenerator<TrainingSample> {
  const room = await import('../training-samples.js');
  yield* room.trainingSamples(storage, options);
}
