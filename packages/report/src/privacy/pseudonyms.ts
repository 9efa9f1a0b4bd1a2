import type { CaseFact, DisputesFact } from '../dispute-facts.js';
import type { DataSheetFact } from '../evidence-facts.js';
import type { ExperimentFact } from '../experiment-facts.js';
import type { ReportFacts } from '../facts.js';
import type { PictureValuesFact } from '../picture-facts.js';

/** Names that say nothing of a person, by those that may. */
export interface Pseudonyms {
  readonly images: ReadonlyMap<string, string>;
  readonly patients: ReadonlyMap<string, string>;
}

/** `image-001`, … in the order of the names: the same for the same images, whatever was drawn or scored first. */
function numbered(kind: string, names: Iterable<string>): Map<string, string> {
  const sorted = [...new Set(names)].sort((a, b) => (a < b ? -1 : 1));
  const digits = Math.max(3, String(sorted.length).length);
  return new Map(sorted.map((name, i) => [name, `${kind}-${String(i + 1).padStart(digits, '0')}`]));
}

/**
 * New names for the images and patients of a study.
 * @param facts whose scores, pictures, experiment, data sheet and groups name them.
 */
export function pseudonymsOf({
  scores,
  pictures,
  experiment,
  dataSheet,
  groups = {},
}: ReportFacts): Pseudonyms {
  const scored = scores.flatMap(({ images }) => images.map(({ id }) => id));
  const shown = pictures.flatMap(({ sample }) => sample ?? []);
  const followed = experiment?.images.map(({ id }) => id) ?? [];
  const found = dataSheet?.findings.flatMap(({ images = [] }) => images) ?? [];
  return {
    images: numbered('image', [...scored, ...shown, ...followed, ...found, ...Object.keys(groups)]),
    patients: numbered('patient', Object.values(groups)),
  };
}

type Renamed = (name: string) => string;

const ofDisputes = (disputes: DisputesFact, image: Renamed): DisputesFact => ({
  ...disputes,
  images: disputes.images.map((entry) => ({ ...entry, id: image(entry.id) })),
});

const ofCase = ({ loss, worst, best, disputed }: CaseFact, image: Renamed): CaseFact => ({
  loss,
  worst: image(worst),
  best: image(best),
  ...(disputed !== undefined && { disputed: image(disputed) }),
});

const ofSheet = (sheet: DataSheetFact, image: Renamed): DataSheetFact => ({
  ...sheet,
  findings: sheet.findings.map((finding) => ({
    ...finding,
    ...(finding.images && { images: finding.images.map(image) }),
  })),
});

/** Names of its files hold those of its images. */
const ofExperiment = (experiment: ExperimentFact, image: Renamed, file: Renamed): ExperimentFact => ({
  ...experiment,
  images: experiment.images.map((entry) => ({ ...entry, id: image(entry.id) })),
  runs: experiment.runs.map((run, i) => ({
    ...run,
    image: image(run.image),
    file: `table-${String(i + 1).padStart(3, '0')}.csv`,
  })),
  pictures: experiment.pictures.map((picture) => ({
    ...picture,
    ...ofPicture(picture, file),
    sample: image(picture.sample),
  })),
});

const ofPicture = (
  { name, values }: { readonly name: string; readonly values?: PictureValuesFact },
  file: Renamed,
) => ({ name: file(name), ...(values && { values: { ...values, name: file(values.name) } }) });

/**
 * The same facts under the new names; files of pictures are named anew as well, since their names hold those of the images.
 * @param facts of a run.
 * @param names from `pseudonymsOf` of the same facts.
 * @returns the facts, and the new name of each picture's file.
 */
export function pseudonymous(
  facts: ReportFacts,
  { images, patients }: Pseudonyms,
): { readonly facts: ReportFacts; readonly files: ReadonlyMap<string, string> } {
  const files = new Map<string, string>();
  const file = (name: string) => {
    const known = files.get(name) ?? `picture-${String(files.size + 1).padStart(3, '0')}`;
    files.set(name, known);
    return known;
  };
  const image = (name: string) => images.get(name) ?? name;
  const pictures = facts.pictures.map((picture) => ({
    ...picture,
    ...ofPicture(picture, file),
    ...(picture.sample !== undefined && { sample: image(picture.sample) }),
  }));
  const scores = facts.scores.map((entry) => ({
    ...entry,
    images: entry.images.map(({ id, ...measures }) => ({ ...measures, id: image(id) })),
  }));
  const { groups, disputes, cases, experiment, dataSheet } = facts;
  const renamed = {
    ...facts,
    pictures,
    scores,
    ...(groups && {
      groups: Object.fromEntries(
        Object.entries(groups).map(([id, patient]) => [image(id), patients.get(patient) ?? patient]),
      ),
    }),
    ...(disputes && { disputes: ofDisputes(disputes, image) }),
    ...(cases && { cases: cases.map((entry) => ofCase(entry, image)) }),
    ...(dataSheet && { dataSheet: ofSheet(dataSheet, image) }),
    ...(experiment && { experiment: ofExperiment(experiment, image, file) }),
  };
  return { facts: renamed, files };
}
