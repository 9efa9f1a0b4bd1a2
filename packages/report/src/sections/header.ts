import type { Answer } from '../data/answer.js';
import type { ReportFacts } from '../facts.js';
import { escapeText } from '../figures/svg.js';

const count = (value: number, one: string, many = `${one}s`) =>
  `${value.toLocaleString('en')} ${value === 1 ? one : many}`;

const percent = (share: number) => `${Number((100 * share).toPrecision(2))} %`;

/** Title, answer, and the facts of data, model and machine. */
export function headerHtml(
  { title, material, losses, seeds, classes, environment, minutes, selection, diverged = [] }: ReportFacts,
  { headline, detail }: Answer,
  notices: readonly string[],
): string {
  const { train, validation = 0, setAside, test, shares, sizes, channels, parameters, dataset } = material;
  const size = (sides: readonly number[]) => sides.join(' × ');
  const [small, large] = [size(sizes.smallest), size(sizes.largest)];
  const machine = environment[environment.length - 1];
  const facts: [string, string][] = [
    [
      'Data',
      `${kindOf(dataset)}: ${train} train, ${validation > 0 ? `${validation} validation${setAside ? ' (set aside from train)' : ''}, ` : ''}${test} test images`,
    ],
    ['Images', `${small === large ? small : `${small} to ${large}`} pixels, ${count(channels, 'channel')}`],
    ['Classes', classes.map((name, c) => `${name} ${percent(shares[c] ?? 0)}`).join(', ')],
    ['Losses', `${losses.length}, ${count(seeds.length, 'seed')} each`],
    ['Network', count(parameters, 'parameter')],
    ...(selection === undefined ? [] : [['Chosen', selectionText(selection)] as [string, string]]),
    ['Time', minutesText(minutes)],
  ];
  if (machine !== undefined) {
    facts.push([
      'Backend',
      [machine.backend, machine.executor, machine.precision].filter(Boolean).join(', '),
    ]);
    facts.push(['Started', `${machine.started.slice(0, 16).replace('T', ' ')} UTC`]);
    if (machine.platform !== '') facts.push(['Platform', machine.platform]);
  }
  const list = facts.map(
    ([name, value]) => `<div><dt>${escapeText(name)}</dt><dd>${escapeText(value)}</dd></div>`,
  );
  const lost =
    diverged.length === 0
      ? ''
      : `<div class="notice" role="note"><strong>Diverged:</strong><ul>${diverged
          .map(
            ({ loss, seed, step, epoch }) =>
              `<li>${escapeText(loss)} (seed ${seed}) at step ${step}, after ${count(epoch, 'epoch')}; it has no scores.</li>`,
          )
          .join('')}</ul></div>`;
  const warnings =
    notices.length === 0
      ? ''
      : `<div class="notice" role="note"><strong>Left out:</strong><ul>${notices
          .map((notice) => `<li>${escapeText(notice)}</li>`)
          .join('')}</ul></div>`;
  return `<header><p class="kind">Comparison of losses</p><h1>${escapeText(title)}</h1><p class="answer">${escapeText(
    headline,
  )}</p><p class="verdict">${escapeText(detail)}</p><dl class="facts">${list.join('')}</dl>${lost}${warnings}</header>`;
}

/** Which weights were scored, in words. */
function selectionText({ select, measure }: NonNullable<ReportFacts['selection']>): string {
  if (select === 'best') return `best epoch by validation ${measure ?? 'images'}`;
  return select === 'ema' ? 'running average of the weights, last epoch' : 'last epoch';
}

function kindOf(dataset: object): string {
  const { kind } = dataset as { readonly kind?: unknown };
  return typeof kind === 'string' ? kind : 'images';
}

function minutesText(minutes: number): string {
  if (!Number.isFinite(minutes)) return 'unknown';
  if (minutes < 1) return `${Math.round(minutes * 60)} s`;
  return minutes < 90
    ? `${Number(minutes.toPrecision(2))} min`
    : `${Number((minutes / 60).toPrecision(2))} h`;
}
