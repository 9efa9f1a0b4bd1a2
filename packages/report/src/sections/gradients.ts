import type { Curve } from '../data/curves.js';
import type { ReportFacts } from '../facts.js';
import { curvesFigure } from '../figures/curves-svg.js';
import { curvesTable } from '../figures/figure-tables.js';
import { pageStyle } from '../figures/style.js';
import { type Html, html, nothing } from '../html.js';
import type { ForensicsFact, GroupShareFact } from '../landscape-facts.js';
import { lossVariable, type Section, savedFigure } from './markup.js';

const mistakes = new Map([
  ['right', 'pixels that are right'],
  ['unsure mistake', 'unsure mistakes'],
  ['confident mistake', 'confident mistakes'],
]);

/** Where each loss's gradient comes from as its own network trains: why one learns and another waits. */
export function gradientsSection(facts: ReportFacts): Section {
  const { forensics = [], foreground } = facts;
  const curves = (sorting: string, group: string) => curvesOf(facts, forensics, sorting, group);
  const groups = (sorting: string) =>
    [...new Set(forensics.flatMap(({ shares }) => Object.values(shares).flatMap((of) => of[sorting] ?? [])))]
      .map(({ group }) => group)
      .filter((group, i, all) => all.indexOf(group) === i);
  const figures = [
    ...groups('class').map((group) => ({
      title: `From ${group}`,
      curves: curves('class', group),
    })),
    ...groups('mistake').map((group) => ({
      title: `From ${mistakes.get(group) ?? group}`,
      curves: curves('mistake', group),
    })),
  ].filter(({ curves: own }) => own.length > 0);
  const drawn = figures.map(({ title, curves: own }) =>
    savedFigure(`Gradients ${title}`, curvesFigure(own, { title, style: pageStyle }), curvesTable(own)),
  );
  return {
    id: 'gradients',
    title: 'Where the gradients come from',
    lead: 'At every kept epoch of a training, the share of its loss’s gradient (by the logits) that each group of pixels sends. A loss that draws all of it from the background has nothing to learn the rest by.',
    content:
      drawn.length === 0
        ? nothing
        : html`<div class="charts">${drawn}</div>${plateausHtml(facts, foreground)}${elsewhereHtml(facts)}`,
  };
}

const shareOf = (
  { shares, loss }: ForensicsFact,
  sorting: string,
  group: string,
): GroupShareFact | undefined =>
  (Object.hasOwn(shares, loss) ? shares[loss] : undefined)?.[sorting]?.find((entry) => entry.group === group);

/** The share of a group by epoch, for each loss at the weights of its own network. */
function curvesOf(
  { losses }: ReportFacts,
  forensics: readonly ForensicsFact[],
  sorting: string,
  group: string,
): Curve[] {
  return losses.flatMap((label, i) => {
    const own = forensics
      .filter(({ loss }) => loss === label)
      .map((fact) => ({ epoch: fact.epoch, share: shareOf(fact, sorting, group)?.share ?? Number.NaN }));
    if (own.length === 0 || own.every(({ share }) => !Number.isFinite(share))) return [];
    return [
      {
        label,
        colour: lossVariable(i),
        split: '',
        epochs: own.map(({ epoch }) => epoch),
        mean: own.map(({ share }) => share),
      },
    ];
  });
}

/** In words, where the foreground sends least of the gradient for what its pixels are. */
function plateausHtml({ forensics = [], losses }: ReportFacts, foreground: string): Html {
  const lines = losses.flatMap((loss) => {
    const own = forensics.filter((fact) => fact.loss === loss);
    const shares = own.map((fact) => ({ epoch: fact.epoch, ...shareOf(fact, 'class', foreground) }));
    const known = shares.filter(({ share }) => share !== undefined && Number.isFinite(share));
    const least = known.reduce<(typeof known)[number] | undefined>(
      (low, entry) => (low === undefined || entry.share! < low.share! ? entry : low),
      undefined,
    );
    if (least?.share === undefined) return [];
    return [
      html`<li>${loss}: least at epoch ${least.epoch}, when ${foreground} (${percent(least.pixels ?? 0)} of the pixels) sends ${percent(least.share)} of the gradient.</li>`,
    ];
  });
  return lines.length === 0 ? nothing : html`<ul class="note">${lines}</ul>`;
}

/** What every loss would send from the foreground at the weights of each network: the losses on the same ground. */
function elsewhereHtml(facts: ReportFacts): Html {
  const { forensics = [], losses, foreground } = facts;
  const figures = losses.flatMap((trained) => {
    const own = forensics.filter(({ loss }) => loss === trained);
    const curves = losses.flatMap((label, i): Curve[] => {
      const mean = own.map(
        (fact) => shareOf({ ...fact, loss: label }, 'class', foreground)?.share ?? Number.NaN,
      );
      if (!mean.some(Number.isFinite)) return [];
      return [{ label, colour: lossVariable(i), split: '', epochs: own.map(({ epoch }) => epoch), mean }];
    });
    if (curves.length < 2) return [];
    const title = `At the weights of ${trained}`;
    return [
      savedFigure(
        `Gradients from ${foreground} ${title}`,
        curvesFigure(curves, { title, style: pageStyle }),
        curvesTable(curves),
      ),
    ];
  });
  return figures.length === 0
    ? nothing
    : html`<details><summary>Every loss at the weights of every network</summary><div class="charts">${figures}</div><p class="note">The share of the gradient from ${foreground} that each loss would send there, whichever the network was trained with.</p></details>`;
}

const percent = (share: number) => `${Number((100 * share).toPrecision(2))} %`;
