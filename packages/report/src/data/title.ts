import type { ReportFacts } from '../facts.js';
import { withoutFolders } from '../privacy/without-folders.js';
import { comparedLosses } from './compared-losses.js';

/** More losses than this are counted, not named. */
const named = 4;

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;

const wordOf = (dataset: object, key: string): string | undefined => {
  const value = Object.hasOwn(dataset, key) ? (dataset as Readonly<Record<string, unknown>>)[key] : undefined;
  return typeof value === 'string' && value !== '' ? withoutFolders(value) : undefined;
};

/**
 * How the images are called: the phantom's kind, the folder's name, else the kind of the data.
 * @param dataset as it describes itself.
 */
export function datasetName(dataset: object): string {
  const kind = wordOf(dataset, 'kind') ?? 'images';
  const phantom = wordOf(dataset, 'phantom');
  if (phantom !== undefined) return `${kind} ${phantom}`;
  const folder = wordOf(dataset, 'images') ?? wordOf(dataset, 'root');
  return folder === undefined || folder === kind || folder === 'images' ? kind : `${kind} ${folder}`;
}

/**
 * What was compared on what: the losses, the images, the seeds.
 *
 *     comparedTitle(facts); // 'Dice and CE 1:3 on 32 images (phantom fundus, seeds 1 and 2)'
 *
 * @param facts of a finished run.
 * @returns one line of text.
 */
export function comparedTitle(facts: ReportFacts): string {
  const { seeds, subject, material } = facts;
  const { train, validation = 0, test, dataset, networks } = material;
  const some = (names: readonly string[], what: string) =>
    names.length > named ? `${names.length} ${what}` : listed(names);
  const losses = some(comparedLosses(facts), subject === 'masks' ? 'sets of masks' : 'losses');
  const compared =
    networks === undefined
      ? losses
      : `${losses} by ${some(
          networks.map(({ label }) => label),
          'networks',
        )}`;
  const count = train + validation + test;
  const from =
    subject === 'masks' ? '' : `, ${seeds.length === 1 ? 'seed' : 'seeds'} ${listed(seeds.map(String))}`;
  return `${compared} on ${count} image${count === 1 ? '' : 's'} (${datasetName(dataset)}${from})`;
}

const fieldOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;

/**
 * The title that somebody gave, or what was compared on what: the name of a preset says neither.
 * @param facts of a finished run.
 * @param config of the run.
 */
export function titleOf(facts: ReportFacts, config: unknown): string {
  const given = fieldOf(fieldOf(config, 'report'), 'title');
  const isName = facts.title === fieldOf(config, 'name') && facts.title !== given;
  return facts.title === '' || isName ? comparedTitle(facts) : withoutFolders(facts.title);
}
