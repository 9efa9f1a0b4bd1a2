import { type Raster, SegscapeError, throwIfAborted } from '@segscape/core';
import { csvCell, type ReportFacts, reportHtml, type SurfaceFact } from '@segscape/report';
import { createRun, type Run } from '@segscape/runs';
import { assertClassNames, foregroundOf } from '../class-names.js';
import { comparedFacts } from '../report-facts.js';
import type { Picture } from '../tasks/pictures.js';
import type { TaskScores } from '../tasks/task-scores.js';
import { inPixels, unscaledNotices } from '../unscaled-images.js';
import type { JudgeEvent } from './judge-event.js';
import type { JudgeOptions } from './judge-options.js';
import { judgePictures } from './judge-pictures.js';
import { judgedLosses } from './judged-losses.js';
import { unscaledMasks } from './judged-scale.js';
import { judgedSurfaces } from './judged-surfaces.js';
import { scoresOfMask } from './mask-scores.js';
import { type Method, methodsOf } from './methods.js';

/** Index of each image of the truth in a set of masks. @throws {SegscapeError} `PAIR_MISSING` naming those without one. */
function placesOf(truth: readonly string[], { name, ids }: Method): number[] {
  const at = new Map(ids.map((id, index) => [id, index]));
  const missing = truth.filter((id) => !at.has(id));
  if (missing.length > 0)
    throw new SegscapeError(
      'PAIR_MISSING',
      `judge: '${name}' has no mask for ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ` and ${missing.length - 5} more` : ''} of ${truth.length}. Every method must answer every image; an empty mask says that nothing is there.`,
      { details: { name, missing } },
    );
  return truth.map((id) => at.get(id)!);
}

const sameSize = (a: Raster, b: Raster) =>
  a.height === b.height && a.width === b.width && a.depth === b.depth;

const defaultTitle = 'Segmentations judged';

interface Planned {
  readonly methods: ReturnType<typeof methodsOf>;
  readonly losses: ReturnType<typeof judgedLosses>;
  /** Of each method, where its masks of the images with truth are. */
  readonly places: readonly (readonly number[])[];
}

/** What `judgeMasks` of `on-demand` does; its documentation stands there. */
export async function* judgeMasks(options: JudgeOptions): AsyncGenerator<JudgeEvent> {
  const { truth, storage, title = defaultTitle } = options;
  const methods = methodsOf(options);
  const losses = judgedLosses(options.losses, options.registry);
  const names = methods.map(({ name }) => name);
  const ids = truth.ids ?? [];
  if (ids.length === 0 || names.length === 0)
    throw new SegscapeError(
      'EMPTY_DATASET',
      'judge: there are no masks to judge. Give --truth, and --predictions, --probabilities or --model.',
    );
  assertClassNames(truth.classes);
  const places = methods.map((method) => placesOf(ids, method));
  for (const { name, ids: own } of methods) {
    const more = own.length - ids.length;
    if (more > 0)
      yield {
        type: 'notice',
        message: `${name} has ${more} masks of images without truth; they are left out.`,
      };
  }
  const there = new Set(await storage.list(''));
  const run = await createRun(storage, { name: title, judged: names });
  let whole = false;
  try {
    yield* judgedIn(run, options, { methods, losses, places });
    whole = true;
  } finally {
    // A judgement cannot be gone on with: what is left of one would only be in the way of the next.
    if (!whole) for (const path of await storage.list('')) if (!there.has(path)) await storage.remove(path);
  }
}

/** The parts of a judgement that write to its folder. */
async function* judgedIn(
  run: Run,
  options: JudgeOptions,
  { methods, losses, places }: Planned,
): AsyncGenerator<JudgeEvent> {
  const { truth, measures = [], title = defaultTitle, signal } = options;
  const names = methods.map(({ name }) => name);
  const ids = truth.ids ?? [];
  const scores: TaskScores[] = names.map((loss) => ({ loss, seed: 0, epoch: 0, trained: 0, images: [] }));
  const groups = new Map<string, string>();
  const pixels = truth.classes.map(() => 0);
  const sizes: [number, number][] = [];
  const started = performance.now();
  const unscaled = await unscaledMasks(options);
  for (const message of unscaledNotices(unscaled, ids.length)) yield { type: 'notice', message };
  for (const [index, id] of ids.entries()) {
    throwIfAborted(signal, 'judge');
    yield { type: 'progress', stage: 'masks', completed: index, total: ids.length, label: id };
    const { mask, group } = await truth.get(index);
    if (group !== undefined) groups.set(id, group);
    sizes.push([mask.height, mask.width]);
    for (const label of mask.data) if (label < pixels.length) pixels[label]!++;
    for (const [n, { name, get }] of methods.entries()) {
      const { mask: made, probabilities } = await get(places[n]![index]!);
      if (!sameSize(mask, made))
        throw new SegscapeError(
          'MASK_SIZE_MISMATCH',
          `judge: the mask of '${name}' for '${id}' is ${made.height} × ${made.width}, the truth ${mask.height} × ${mask.width}. Bring it to the size of the truth.`,
          { details: { name, id } },
        );
      (scores[n]!.images as object[]).push({
        id,
        ...scoresOfMask(unscaled.length > 0 ? inPixels(mask) : mask, made, {
          ...options,
          classes: truth.classes,
          measures,
          id,
          probabilities,
        }),
      });
    }
  }
  yield { type: 'progress', stage: 'masks', completed: ids.length, total: ids.length, label: '' };
  const surfaces = yield* judgedSurfaces(run, options, losses);
  yield { type: 'progress', stage: 'report', completed: 0, total: 1, label: 'report.html' };
  const shares = pixels.map(
    (count) =>
      count /
      Math.max(
        1,
        pixels.reduce((a, b) => a + b, 0),
      ),
  );
  const foreground = foregroundOf(truth.classes, shares);
  const pictures = await judgePictures(run, options, { scores, foreground, methods, places, losses });
  const facts = factsOf(options, {
    names,
    scores,
    groups,
    shares,
    foreground,
    sizes,
    pictures,
    surfaces,
    title,
    started,
  });
  await writeResults(run, scores, facts);
  yield { type: 'progress', stage: 'report', completed: 1, total: 1, label: 'report.html' };
  const table = names.map((loss) => ({
    loss,
    values: Object.fromEntries(
      (facts.intervals ?? []).filter((row) => row.loss === loss).map(({ measure, mean }) => [measure, mean]),
    ),
  }));
  yield { type: 'done', result: { stopped: false, table } };
}

interface Judged {
  readonly names: readonly string[];
  readonly scores: readonly TaskScores[];
  readonly groups: ReadonlyMap<string, string>;
  readonly shares: readonly number[];
  readonly foreground: string;
  readonly sizes: readonly (readonly [number, number])[];
  readonly pictures: readonly Picture[];
  readonly surfaces: readonly SurfaceFact[];
  readonly title: string;
  readonly started: number;
}

function factsOf({ truth, images }: JudgeOptions, judged: Judged): ReportFacts {
  const { names, scores, groups, shares, foreground, sizes, pictures, surfaces, title, started } = judged;
  const extent = (pick: (...values: number[]) => number) => [
    pick(...sizes.map(([h]) => h)),
    pick(...sizes.map(([, w]) => w)),
  ];
  const { kind, length, classes } = truth.describe();
  return {
    subject: 'masks',
    title,
    losses: names,
    seeds: [0],
    classes: [...truth.classes],
    foreground,
    material: {
      dataset: { kind, length, classes },
      classes: [...truth.classes],
      train: 0,
      test: truth.length,
      shares,
      sizes: { smallest: extent(Math.min), largest: extent(Math.max) },
      channels: images === undefined ? 0 : 1,
      parameters: 0,
    },
    environment: [],
    pictures,
    surfaces,
    scores,
    ...comparedFacts({ scores, groups }, names, `iou.${foreground}`),
    minutes: (performance.now() - started) / 60_000,
  };
}

async function writeResults(run: Run, scores: readonly TaskScores[], facts: ReportFacts): Promise<void> {
  const { storage } = run;
  await storage.write('scores.csv', csvOf(scores));
  await storage.write('report.json', JSON.stringify(facts));
  await storage.write('report.html', await reportHtml(storage));
}

/** A row for every method and image. */
function csvOf(scores: readonly TaskScores[]): string {
  const columns = [...new Set(scores.flatMap(({ images }) => images.flatMap((image) => Object.keys(image))))];
  const cell = (value: number | string | undefined) => {
    if (typeof value === 'string') return csvCell(value);
    return value === undefined || Number.isNaN(value) ? '' : String(value);
  };
  const rows = scores.flatMap(({ loss, images }) =>
    images.map((image) => [cell(loss), ...columns.map((column) => cell(image[column]))].join(',')),
  );
  return `${['method', ...columns].map(cell).join(',')}\n${rows.join('\n')}\n`;
}
