import { SegscapeError } from '@segscape/core';
import type { Run, RunProblem } from '@segscape/runs';

/** What a study writes again by itself, by where it lies. */
const remade: readonly (readonly [RegExp, string])[] = [
  [/^(maps\/|checkpoints\/@)?experiment\//, 'that image is followed again'],
  [/^landscapes\//, 'it is computed again'],
  [/^maps\/filters\//, 'what is measured around the weights is measured again'],
  [/^maps\//, 'the pictures are drawn again'],
  [/^evaluation\.json$/, 'the networks are scored again'],
  [
    /^(report\.json|report\.html|landscape\.json|model\.json|images\.json|environment\.json|data-sheet\.json)$/,
    'it is written again',
  ],
  [/^steps\//, 'its rows up to here are lost'],
  // The newest sound one of the training takes its place, or the training is repeated.
  [/^checkpoints\//, 'its training goes on from an earlier one'],
];

/** Curves for TensorBoard: the numbers are in `history.csv`, too. */
const spared = /^tensorboard\//;

/**
 * Looks at every file of a run before it goes on: what can be made again is taken away, so that it will be, and told of.
 * @returns a sentence for each.
 * @throws {SegscapeError} `CORRUPT_FILE` naming all files that cannot be made again: the config and the history.
 */
export async function mend(run: Run): Promise<string[]> {
  const problems = await run.validate();
  const lost = problems.filter(
    ({ path }) => !spared.test(path) && !remade.some(([place]) => place.test(path)),
  );
  if (lost.length > 0)
    throw new SegscapeError(
      'CORRUPT_FILE',
      `runStudy: the run cannot go on: ${lost.map(sentence).join(' ')} What it says cannot be made again; restore it from a copy, or begin a new run.`,
      { details: { paths: lost.map(({ path }) => path) } },
    );
  const told: string[] = [];
  for (const problem of problems) {
    const consequence = remade.find(([place]) => place.test(problem.path))?.[1];
    told.push(consequence === undefined ? sentence(problem) : `${bare(problem)}; ${consequence}.`);
    if (consequence === undefined) continue;
    await run.storage.remove(problem.path);
    const followed = followedOf(problem.path);
    // What an image was followed under is told of by one record; without it all is made again.
    if (followed !== undefined) await run.storage.remove(`${followed}.json`);
    // Filters are looked at with all that is measured around weights.
    else if (problem.path.startsWith('maps/filters/')) await run.storage.remove('landscape.json');
    // Pictures are drawn when networks are scored.
    else if (problem.path.startsWith('maps/')) await run.storage.remove('evaluation.json');
  }
  await run.cutTails();
  return told;
}

/** The image and loss of a file of a single-image experiment. */
const followedOf = (path: string): string | undefined =>
  (/^maps\/(experiment\/[^/]+\/[^/]+)\//.exec(path) ??
    /^(experiment\/[^/]+\/.+)\.(?:csv|json)$/.exec(path))?.[1];

const bare = ({ message }: RunProblem) => message.replace(/\.$/, '');

const sentence = (problem: RunProblem) => `${bare(problem)}.`;
