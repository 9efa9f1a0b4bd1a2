import type { HistoryRow } from '@segscape/runs';
import type { Curve } from '../data/curves.js';
import type { ReportFacts } from '../facts.js';
import { curvesFigure } from '../figures/curves-svg.js';
import { curvesTable } from '../figures/figure-tables.js';
import { pageStyle } from '../figures/style.js';
import { type Html, html, isEmpty, nothing } from '../html.js';
import { gradientCosinesHtml } from './gradient-cosines.js';
import { shareFigures, shareOf, sortings } from './gradient-shares.js';
import { lossVariable, type Section, savedFigure } from './markup.js';
import { waitsHtml } from './waits.js';
import { weightSharesHtml } from './weight-shares.js';

/**
 * Where each loss's gradient comes from as its own network trains: why one learns and another waits.
 * @param facts of the run.
 * @param history of its trainings, which plateaus are seen in.
 */
export function gradientsSection(facts: ReportFacts, history: readonly HistoryRow[] = []): Section {
  const { forensics = [] } = facts;
  const parts = sortings.flatMap((sorting) => {
    const figures = shareFigures(facts, forensics, sorting, 'Gradients');
    const [name, heading] = sorting;
    return figures.length === 0
      ? []
      : [html`<h3>${heading}</h3><div class="charts">${figures}</div>${noteOf(facts, name, history)}`];
  });
  const weights = weightSharesHtml(facts);
  const cosines = gradientCosinesHtml(facts);
  return {
    id: 'gradients',
    title: 'Where the gradients come from',
    lead: 'At every kept epoch of a training, the share of its loss’s gradient (by the logits) that each group of pixels sends. A loss that draws all of it from the background has nothing to learn the rest by.',
    content:
      parts.length === 0 && isEmpty(weights) && isEmpty(cosines)
        ? nothing
        : html`${parts}${elsewhereHtml(facts)}${weights}${cosines}`,
  };
}

/** What is said of a sorting. */
function noteOf(facts: ReportFacts, sorting: string, history: readonly HistoryRow[]): Html {
  if (sorting === 'class') return html`${waitsHtml(facts, history)}${plateausHtml(facts, facts.foreground)}`;
  if (sorting === 'size')
    return html`<p class="note">Objects of all classes but the first, below and from the median size of those that were looked at; of the rest of the gradient nothing is said here.</p>`;
  if (sorting === 'border')
    return html`<p class="note">Distance to the nearest pixel of another class; neither void nor the edge of the image is a border.</p>`;
  return nothing;
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
