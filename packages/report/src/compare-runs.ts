import { SegscapeError } from '@segscape/core';
import { selectionText } from './data/answer.js';
import { testsBetween } from './data/between-runs.js';
import { measureTitle } from './data/scores.js';
import { comparedTitle } from './data/title.js';
import type { ComparisonFact, ReportFacts } from './facts.js';
import { type Html, html, nothing } from './html.js';
import { pageHtml } from './page-html.js';
import { withoutFolders } from './privacy/without-folders.js';
import { calibrationSection } from './sections/calibration.js';
import { casesHtml } from './sections/cases.js';
import { comparisonSection } from './sections/comparison.js';
import { scrolling } from './sections/markup.js';

/** A run to put beside others. */
export interface ComparedRun {
  /** What it is called; its losses are called by it where two runs have one of the same label. */
  readonly name: string;
  readonly facts: ReportFacts;
}

/** A loss of a run in the joined facts. */
type Renamed = (loss: string) => string;

const refused = (what: string): SegscapeError => new SegscapeError('BAD_OPTION', `compareRuns: ${what}`);

/** The runs must have been scored on the same images, or their numbers say nothing of each other. */
function assertSame(runs: readonly ComparedRun[]): void {
  const [first, ...others] = runs;
  if (first === undefined || others.length === 0)
    throw refused(`got ${runs.length} run${runs.length === 1 ? '' : 's'}. Give two or more.`);
  const names = runs.map(({ name }) => name);
  if (new Set(names).size < names.length)
    throw refused(
      `two runs are called '${names.find((name, i) => names.indexOf(name) !== i)}'. Give each its own name.`,
    );
  for (const { name, facts } of runs)
    if (facts.material.contentHash === undefined)
      throw refused(
        `run '${name}' has no hash of its images and masks, so nobody can say that they are those of the others. It was made by an older version: resume it to write its report again.`,
      );
  for (const { name, facts } of runs)
    if (facts.unfinished !== undefined)
      throw refused(
        `run '${name}' has not been finished. Go on with it (segscape run --resume), then compare.`,
      );
  for (const { name, facts } of others) {
    if (facts.material.contentHash !== first.facts.material.contentHash)
      throw refused(
        `'${first.name}' and '${name}' have other images or masks (${first.facts.material.contentHash?.slice(0, 8)} and ${facts.material.contentHash?.slice(0, 8)}). Compare runs over one data set.`,
      );
    const tested = (facts_: ReportFacts) =>
      [...new Set(facts_.scores.flatMap(({ images }) => images.map(({ id }) => id)))].sort().join('\n');
    if (tested(facts) !== tested(first.facts))
      throw refused(
        `'${first.name}' and '${name}' were scored on other test images of one data set. Give both the same data.split and splitSeed.`,
      );
  }
}

/** All runs as one: their losses side by side. Tests within a run stay its own; those between runs are added. */
interface Joined {
  readonly facts: ReportFacts;
  /** Labels of each run's losses. */
  readonly labels: readonly (readonly string[])[];
}

function joined(runs: readonly ComparedRun[]): Joined {
  const all = runs.flatMap(({ facts }) => facts.losses);
  const renames: Renamed[] = runs.map(
    ({ name }) =>
      (loss) =>
        all.filter((other) => other === loss).length > 1 ? `${loss} (${name})` : loss,
  );
  const from = <T extends { readonly loss: string }>(of: (facts: ReportFacts) => readonly T[]): T[] =>
    runs.flatMap(({ facts }, i) => of(facts).map((entry) => ({ ...entry, loss: renames[i]!(entry.loss) })));
  const first = runs[0]!.facts;
  const calibration = from(({ calibration = [] }) => calibration);
  const labels = runs.map(({ facts }, i) => facts.losses.map(renames[i]!));
  const facts: ReportFacts = {
    title: '',
    ...(runs.every(({ facts: { subject } }) => subject === 'masks') && { subject: 'masks' }),
    losses: labels.flat(),
    seeds: [...new Set(runs.flatMap(({ facts }) => facts.seeds))],
    classes: first.classes,
    foreground: first.foreground,
    material: first.material,
    environment: runs.flatMap(({ facts }) => facts.environment.slice(-1)),
    pictures: [],
    surfaces: [],
    scores: from(({ scores }) => scores),
    intervals: from(({ intervals = [] }) => intervals),
    ...(first.groups && { groups: first.groups }),
    ...(calibration.length > 0 && { calibration }),
    minutes: runs.reduce((sum, { facts }) => sum + facts.minutes, 0),
  };
  return { facts, labels };
}

/** Tests between the runs, and what is to be said of them; without tests, why there are none. */
function between(
  runs: readonly ComparedRun[],
  { facts, labels }: Joined,
): { readonly comparisons: readonly ComparisonFact[]; readonly words: string } {
  const { foreground } = facts;
  const other = runs.find((run) => run.facts.foreground !== foreground);
  if (other !== undefined)
    return {
      comparisons: [],
      words: `No test between the runs was made: '${withoutFolders(runs[0]!.name)}' is about ${foreground}, '${withoutFolders(other.name)}' about ${other.facts.foreground}.`,
    };
  const measure = `iou.${foreground}`;
  const { comparisons, seeds, count } = testsBetween(facts, labels, measure);
  if (comparisons.length === 0)
    return {
      comparisons,
      words: `No test between the runs was made: fewer than two of them have an ${measureTitle('iou')} of ${foreground}.`,
    };
  const paired =
    seeds === 'number'
      ? count === 1
        ? 'the one seed that all have'
        : `the ${count} seeds that all have, paired by their numbers`
      : `the runs have no seed in common, so ${count === 1 ? 'the first of each is' : `the first ${count} of each are`} paired in their order`;
  return {
    comparisons,
    words: `Tests between the runs are paired by image, ${seeds === 'number' ? `over ${paired}` : paired}. What they find may come from anything that the runs differ in.`,
  };
}

/**
 * Several runs over the same images as one page: scores with intervals of all their losses, tests between networks of different
 * runs, their calibration, and what each run was. The tests are those of a run (paired by image, patients counted once, seeds
 * crossed with them, Holm over all pairs of two runs); where there can be none, the page says why.
 *
 *     await compareRuns([{ name: 'small', facts: a }, { name: 'large', facts: b }]);
 *
 * @param runs two or more, each with the facts of its `report.json`.
 * @returns an HTML file that needs nothing else.
 * @throws {SegscapeError} `BAD_OPTION` for fewer than two runs, names given twice, and runs over other images or without the
 *   hash that says so.
 */
export async function compareRuns(runs: readonly ComparedRun[]): Promise<string> {
  assertSame(runs);
  const all = joined(runs);
  const { comparisons, words } = between(runs, all);
  const facts: ReportFacts = { ...all.facts, ...(comparisons.length > 0 && { comparisons }) };
  const title = comparedTitle(facts);
  const sections = [
    comparisonSection(facts),
    {
      id: 'cases',
      title: 'Images',
      content: casesHtml(facts, () => undefined),
    },
    calibrationSection(facts),
    { id: 'runs', title: 'The runs', content: runsHtml(runs) },
  ].filter(({ content }) => content !== nothing && content.toString() !== '');
  return pageHtml({
    title,
    header: html`<header><p class="kind">${runs.length} runs over the same images</p><h1>${title}</h1><p class="verdict">Runs may differ in more than their losses: see what each was. ${words}</p></header>`,
    sections,
    data: { losses: facts.losses, curves: [], surfaces: [], maps: [], pictures: [], profiles: [] },
  });
}

function runsHtml(runs: readonly ComparedRun[]): Html {
  const rows = runs.map(({ name, facts }) => {
    const { losses, seeds, material, selection, environment, minutes } = facts;
    const machine = environment[environment.length - 1];
    const cells = [
      losses.join(', '),
      seeds.join(', '),
      material.parameters.toLocaleString('en'),
      selection === undefined ? '–' : selectionText(selection),
      machine === undefined ? '–' : `${machine.backend}, ${machine.started.slice(0, 10)}`,
      minutes.toFixed(1),
    ];
    return html`<tr><th scope="row">${withoutFolders(name)}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
  });
  const head = ['Run', 'Losses', 'Seeds', 'Parameters', 'Scored', 'Computed', 'Minutes'];
  return scrolling(
    'The runs',
    html`<table class="named"><thead><tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`,
  );
}
