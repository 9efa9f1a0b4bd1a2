import { isSegscapeError, type Raster } from '@segscape/core';
import type { Dataset } from '@segscape/data';
import type { DataClassFact, DataSheetFact, ProposalFact } from '@segscape/report';
import type { Finding, MaskExamination, Proposal } from '../examine/examination.js';
import { examineMasks, withConclusions } from '../examine/examine-masks.js';
import { namelessText } from '../examine/findings.js';
import { measureProposalsOf } from '../examine/measure-proposals.js';
import type { Options } from '../kinds/kind.js';
import { isOf } from '../overlapping/label-planes.js';
import { paddingLabel } from '../padding-and-crop.js';
import type { Setup } from '../setup.js';
import type { TaskContext } from './context.js';

const path = 'data-sheet.json';

type Seen = Pick<Dataset, 'classes' | 'length' | 'get' | 'describe' | 'ignoreIndex'>;

/** All images of a study, whatever part they are in. */
function allImages({ train, validation, test }: Setup): Seen {
  const parts = [train, validation, test];
  return {
    classes: train.classes,
    length: parts.reduce((total, { length }) => total + length, 0),
    ...(train.ignoreIndex !== undefined && { ignoreIndex: train.ignoreIndex }),
    describe: () => train.describe(),
    get: async (index) => {
      let rest = index;
      for (const part of parts) {
        if (rest < part.length) return part.get(rest);
        rest -= part.length;
      }
      return test.get(index);
    },
  };
}

/** One of several classes that overlap, against all else. */
const planeOf = (dataset: Seen, name: string, c: number): Seen => ({
  ...dataset,
  classes: ['other', name],
  get: async (index) => {
    const sample = await dataset.get(index);
    const data = Uint8Array.from(sample.mask.data, (label) =>
      label === paddingLabel ? paddingLabel : Number(isOf(label, c)),
    );
    return { ...sample, mask: { ...sample.mask, data } satisfies Raster };
  },
});

async function examined({ setup, signal }: TaskContext): Promise<MaskExamination> {
  const all = allImages(setup);
  const options = signal ? { signal } : {};
  if (!setup.overlapping) return examineMasks(all, options);
  const each: MaskExamination[] = [];
  for (const [c, name] of setup.classes.entries())
    each.push(await examineMasks(planeOf(all, name, c), options));
  return withConclusions({ ...each[0]!, classes: each.flatMap(({ classes }) => classes) });
}

/** Looks at the masks of all images, and records it; what an earlier start recorded is read. */
async function examination(context: TaskContext): Promise<MaskExamination> {
  const { storage } = context.run;
  try {
    // JSON has no NaN: a value that there is none of was written as null.
    const read = JSON.parse(new TextDecoder().decode(await storage.read(path)), (_, value) =>
      value === null ? Number.NaN : value,
    ) as MaskExamination;
    // Older runs have no measures among their proposals.
    return { ...read, measures: read.measures ?? measureProposalsOf(read) };
  } catch (error) {
    if (!isSegscapeError(error, 'NOT_FOUND') && !(error instanceof SyntaxError)) throw error;
  }
  const found = await examined(context);
  await storage.write(path, JSON.stringify(found));
  return found;
}

/** All kinds of a loss that is made of others, its own first. */
function kindsIn(options: Options): string[] {
  const inside = Object.values(options).flatMap((value) => (Array.isArray(value) ? value : [value]));
  const own = options.kind ?? options.name;
  return [
    ...(typeof own === 'string' ? [own] : []),
    ...inside.flatMap((value) =>
      typeof value === 'object' && value !== null ? kindsIn(value as Options) : [],
    ),
  ];
}

const sameKinds = (a: Options, b: Options): boolean => kindsIn(a).sort().join() === kindsIn(b).sort().join();

const extremes = (all: readonly (readonly number[])[], pick: (...values: number[]) => number) =>
  all[0]!.map((_, axis) => pick(...all.map((one) => one[axis]!)));

/**
 * What the report shows of the masks of all images, beside the losses that the study compares.
 * @returns undefined when the signal stopped it.
 */
export async function dataSheetOf(context: TaskContext): Promise<DataSheetFact | undefined> {
  try {
    return dataSheetFact(context, await examination(context));
  } catch (error) {
    if (context.signal?.aborted && isSegscapeError(error, 'ABORTED')) return undefined;
    throw error;
  }
}

function dataSheetFact(
  { config, setup: { losses, spacings } }: TaskContext,
  { images, of, groups, classes, ignored, findings, proposals, measures }: MaskExamination,
): DataSheetFact {
  const sizes = [...spacings.values()];
  return {
    images,
    of,
    groups,
    ignored,
    classes: classes.map(
      ({ name, share, without, objects, diameters, width, elongation }): DataClassFact => ({
        name,
        share,
        without: without.length,
        objects,
        diameters,
        width,
        elongation,
      }),
    ),
    ...(sizes.length > 0 && {
      spacing: {
        images: sizes.length,
        smallest: extremes(sizes, Math.min),
        largest: extremes(sizes, Math.max),
      },
    }),
    findings: findings.map((finding: Finding) => ({
      kind: finding.kind,
      level: finding.level,
      text: namelessText(finding),
      ...(finding.images && { images: finding.images.slice(0, 3) }),
    })),
    proposals: proposals.map(
      ({ loss, label, reason, paper }: Proposal): ProposalFact => ({
        label,
        reason,
        paper,
        compared: losses.filter(({ options }) => sameKinds(loss, options)).map((named) => named.label),
      }),
    ),
    measures: measures.map(({ measure, label, reason, paper }) => ({
      label,
      reason,
      paper,
      scored: config.measures.some(
        ({ kind, measure: counted }) => kind === measure.kind && counted === measure.measure,
      ),
    })),
  };
}
