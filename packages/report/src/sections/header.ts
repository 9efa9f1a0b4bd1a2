import { countOf } from '@segscape/core';
import { type Answer, hasSeeds, isOfMasks, selectionText } from '../data/answer.js';
import { comparedLosses } from '../data/compared-losses.js';
import { pixelsOf } from '../data/pixels-of.js';
import type { ReportFacts } from '../facts.js';
import { type Html, html, nothing } from '../html.js';

const percent = (share: number) => `${Number((100 * share).toPrecision(2))} %`;

/** What a reader must know of the page before anything else. */
interface Notices {
  /** What the run has not made yet. */
  readonly missing: readonly string[];
  /** What could not be read. */
  readonly leftOut: readonly string[];
}

/** Title, answer, and the facts of data, model and machine. */
export function headerHtml(
  facts: ReportFacts,
  { headline, detail }: Answer,
  { missing, leftOut }: Notices,
): Html {
  const kind = isOfMasks(facts)
    ? 'Comparison of masks'
    : hasSeeds(facts)
      ? `Comparison of losses${facts.material.networks === undefined ? '' : ' and networks'}`
      : facts.material.networks === undefined
        ? 'Networks trained with different losses'
        : 'Different networks, each trained with different losses';
  const list = rowsOf(facts).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`);
  const lost = (facts.diverged ?? []).map(
    ({ loss, seed, fold, step, epoch }) =>
      `${loss} (seed ${seed}${fold === undefined ? '' : `, fold ${fold}`}) at step ${step}, after ${countOf(epoch, 'epoch')}; it has no scores.`,
  );
  return html`<header><p class="kind">${kind}</p><h1>${facts.title}</h1><p class="answer">${headline}</p><p class="verdict">${detail}</p><dl class="facts">${list}</dl>${noticeHtml('Still missing:', missing)}${noticeHtml('Diverged:', lost)}${noticeHtml('Left out:', leftOut)}</header>`;
}

const noticeHtml = (title: string, entries: readonly string[]): Html =>
  entries.length === 0
    ? nothing
    : html`<div class="notice" role="note"><strong>${title}</strong><ul>${entries.map((entry) => html`<li>${entry}</li>`)}</ul></div>`;

const total = (counts: readonly number[]) => counts.reduce((sum, one) => sum + one, 0);

/** The facts of the run, a name and a value each. */
function rowsOf(facts: ReportFacts): [string, string][] {
  const { material, losses, seeds, classes, environment, minutes, selection, decision } = facts;
  const {
    train,
    validation = 0,
    setAside,
    leftOut = 0,
    test,
    folds,
    shares,
    sizes,
    channels,
    parameters,
    networks,
    dataset,
  } = material;
  const size = (sides: readonly number[]) => sides.join(' × ');
  const [small, large] = [size(sizes.smallest), size(sizes.largest)];
  const machine = environment[environment.length - 1];
  const classRow: [string, string] = [
    'Classes',
    classes.map((name, c) => `${name} ${percent(shares[c] ?? 0)}`).join(', ') +
      (material.overlapping ? '; they may overlap' : ''),
  ];
  const sides = small === large ? small : `${small} to ${large}`;
  if (isOfMasks(facts))
    return [['Images', `${test}, ${sides} pixels`], classRow, ['Compared', losses.join(', ')]];
  const kept = validation > 0 ? `${validation} validation${setAside ? ' (set aside from train)' : ''}, ` : '';
  const rows: [string, string][] = [
    [
      'Data',
      folds === undefined
        ? `${kindOf(dataset)}: ${train} train, ${kept}${countOf(test, 'test image')}${leftOut > 0 ? `; ${countOf(leftOut, 'image')} in no part of the split` : ''}`
        : `${kindOf(dataset)}: ${total(folds.map((fold) => fold.test))} images in ${folds.length} folds, each tested once; in a fold about ${train} train, ${kept}${test} test`,
    ],
    ['Images', `${sides} ${pixelsOf(material)}, ${countOf(channels, 'channel')}`],
    classRow,
    [
      'Losses',
      `${comparedLosses(facts).length}, ${countOf(seeds.length, 'seed')} each${networks === undefined ? '' : ' with each network'}${folds === undefined ? '' : ` in each of ${folds.length} folds`}`,
    ],
    ...(decision?.sentence === undefined ? [] : [['Seeds', decision.sentence] as [string, string]]),
    networks === undefined
      ? ['Network', `${parameters.toLocaleString('en')} parameters`]
      : [
          'Networks',
          networks
            .map((network) => `${network.label}, ${network.parameters.toLocaleString('en')} parameters`)
            .join('; '),
        ],
    ...(selection === undefined ? [] : [['Scored', selectionText(selection)] as [string, string]]),
    ['Time', minutesText(minutes)],
  ];
  if (machine !== undefined) {
    rows.push(['Backend', [machine.backend, machine.executor, machine.precision].filter(Boolean).join(', ')]);
    rows.push(['Started', `${machine.started.slice(0, 16).replace('T', ' ')} UTC`]);
    if (machine.platform !== '') rows.push(['Platform', machine.platform]);
    const versions = Object.entries(machine.versions ?? {});
    if (versions.length > 0)
      rows.push(['Versions', versions.map(([name, version]) => `${name} ${version}`).join(', ')]);
  }
  return rows;
}

function kindOf(dataset: object): string {
  const kind = Object.hasOwn(dataset, 'kind') ? (dataset as { readonly kind?: unknown }).kind : undefined;
  return typeof kind === 'string' ? kind : 'images';
}

function minutesText(minutes: number): string {
  if (!Number.isFinite(minutes)) return 'unknown';
  if (minutes < 1) return `${Math.round(minutes * 60)} s`;
  return minutes < 90
    ? `${Number(minutes.toPrecision(2))} min`
    : `${Number((minutes / 60).toPrecision(2))} h`;
}
