import { titleOf } from '../data/title.js';
import type { ReportFacts } from '../facts.js';
import { pseudonymous, pseudonymsOf } from './pseudonyms.js';
import { withoutFolders, withTexts } from './without-folders.js';

/** What a report leaves out. */
export interface ReportOptions {
  /**
   * Call the images `image-001`, `image-002`, … and their patients `patient-001`, … in the order of their names, so that the
   * report names nobody. Default what `report.pseudonyms` of the config says, else false.
   */
  readonly pseudonyms?: boolean;
  /** Whether pictures of the images stand in the report. Default true. */
  readonly images?: boolean;
  /**
   * Names of the test images, where the page is served by a program that answers `look?surface=…&x=…&y=…&image=…` with what the
   * network sees there: it then may ask that, and nothing else. Default: the page asks for nothing.
   */
  readonly live?: readonly string[];
  /** Told what could not be shown, and why; the report says it, too. */
  readonly onNotice?: (message: string) => void;
}

interface Nameless {
  readonly facts: ReportFacts;
  /** What a picture of the run folder is called in the facts. */
  readonly nameOf: (name: string) => string;
  readonly config: unknown;
  /** Of what a notice says. */
  readonly rename: (text: string) => string;
}

/**
 * Facts and config without folders of the machine, and without names of images where that is asked for.
 * @param recorded the run's facts as they are.
 * @param config of the run, parsed.
 * @param options what is left out.
 */
export function nameless(recorded: ReportFacts, config: unknown, options: ReportOptions): Nameless {
  const { pseudonyms = asksForPseudonyms(config) } = options;
  const bare = {
    ...recorded,
    title: titleOf(recorded, config),
    material: {
      ...recorded.material,
      dataset: withTexts(recorded.material.dataset, withoutFolders) as object,
    },
    pictures: recorded.pictures.map(withPlainCaption),
    ...(recorded.experiment && {
      experiment: {
        ...recorded.experiment,
        pictures: recorded.experiment.pictures.map(withPlainCaption),
      },
    }),
    ...(recorded.diverged && {
      diverged: recorded.diverged.map((entry) => ({ ...entry, message: withoutFolders(entry.message) })),
    }),
  };
  if (!pseudonyms)
    return {
      facts: bare,
      nameOf: (name) => name,
      config: withTexts(config, withoutFolders),
      rename: withoutFolders,
    };
  const given = pseudonymsOf(recorded);
  const { facts, files } = pseudonymous(bare, given);
  const known = new Map([...given.images, ...given.patients]);
  const hidden = (text: string) => known.get(text) ?? withoutFolders(text);
  return {
    facts: {
      ...facts,
      material: { ...facts.material, dataset: withTexts(facts.material.dataset, hidden) as object },
    },
    nameOf: (name) => files.get(name) ?? name,
    config: withTexts(config, hidden),
    rename: (text) =>
      [...files, ...known].reduce(
        (said, [name, other]) => said.replaceAll(name, other),
        withoutFolders(text),
      ),
  };
}

const withPlainCaption = <T extends { readonly caption?: string }>(picture: T): T => ({
  ...picture,
  ...(picture.caption !== undefined && { caption: withoutFolders(picture.caption) }),
});

function asksForPseudonyms(config: unknown): boolean {
  const report = (config as { readonly report?: { readonly pseudonyms?: unknown } } | null)?.report;
  return report?.pseudonyms === true;
}
