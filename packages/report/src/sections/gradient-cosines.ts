import type { Curve } from '../data/curves.js';
import type { GradientCosinesFact } from '../evidence-facts.js';
import type { ReportFacts } from '../facts.js';
import { curvesFigure } from '../figures/curves-svg.js';
import { curvesTable } from '../figures/figure-tables.js';
import { pageStyle } from '../figures/style.js';
import { type Html, html, nothing } from '../html.js';
import { lossVariable, savedFigure } from './markup.js';

/** Cosine of the gradients of two losses, where both are known. */
function cosineOf({ losses, cosines }: GradientCosinesFact, a: string, b: string): number {
  return cosines[losses.indexOf(a)]?.[losses.indexOf(b)] ?? Number.NaN;
}

/** Pairs of losses that pull against each other somewhere, in words. */
function againstHtml(losses: readonly string[], facts: readonly GradientCosinesFact[]): Html {
  const lines = losses.flatMap((a) => {
    const own = facts.filter(({ loss }) => loss === a);
    return losses.flatMap((b) => {
      const against = own.filter((fact) => cosineOf(fact, a, b) < 0);
      if (against.length === 0) return [];
      const epochs = against.map(({ epoch }) => epoch).join(', ');
      return [html`<li>At the weights of ${a}, ${b} pulls against it at epoch ${epochs}.</li>`];
    });
  });
  return lines.length === 0 ? nothing : html`<ul class="note">${lines}</ul>`;
}

/**
 * Whether the losses pull the same way: the cosine of each loss's gradient to that of the loss that a network is trained with, along its
 * way.
 * @param facts of the run.
 */
export function gradientCosinesHtml({ losses, gradientCosines = [] }: ReportFacts): Html {
  const figures = losses.flatMap((trained) => {
    const own = gradientCosines.filter(({ loss }) => loss === trained).sort((a, b) => a.epoch - b.epoch);
    const curves = losses.flatMap((label, i): Curve[] => {
      const mean = own.map((fact) => cosineOf(fact, trained, label));
      if (label === trained || !mean.some(Number.isFinite)) return [];
      return [{ label, colour: lossVariable(i), split: '', epochs: own.map(({ epoch }) => epoch), mean }];
    });
    if (curves.length === 0) return [];
    const title = `To the gradient of ${trained}`;
    const drawn = curvesFigure(curves, { title, range: [-1, 1], style: pageStyle });
    return [savedFigure(`Cosines ${title}`, drawn, curvesTable(curves))];
  });
  if (figures.length === 0) return nothing;
  return html`<h3>Do the losses pull the same way?</h3><div class="charts">${figures}</div>${againstHtml(losses, gradientCosines)}<p class="note">Cosine of the angle between the gradients of two losses by all weights, at the weights of a network on its way: 1 pull alike, 0 at right angles, below 0 against each other. Lengths do not count.</p>`;
}
