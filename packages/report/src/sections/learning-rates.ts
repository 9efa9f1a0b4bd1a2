import type { Curve } from '../data/curves.js';
import { measureTitle } from '../data/scores.js';
import type { ReportFacts } from '../facts.js';
import { curvesFigure } from '../figures/curves-svg.js';
import { curvesTable } from '../figures/figure-tables.js';
import { pageStyle } from '../figures/style.js';
import { type Html, html, nothing } from '../html.js';
import type { LearningRatesFact } from '../learning-rate-facts.js';
import { lossName, lossVariable, type Section, savedFigure, scrolling } from './markup.js';

/** As people write rates: 0.001, 3e-4. */
const rateText = (rate: number) => (rate >= 1e-3 ? String(rate) : rate.toExponential());

/** What each loss came to against the rate, by its logarithm: a flat curve is a loss that does not mind. */
function sensitivity(losses: readonly string[], { losses: own }: LearningRatesFact): Html {
  const curves = own.flatMap(({ loss, tried = [] }): Curve[] => {
    const sorted = [...tried].sort((a, b) => a.rate - b.rate);
    if (sorted.length === 0) return [];
    return [
      {
        label: loss,
        colour: lossVariable(losses.indexOf(loss)),
        split: '',
        epochs: sorted.map(({ rate }) => Math.log10(rate)),
        mean: sorted.map(({ value }) => value),
      },
    ];
  });
  const title = 'What each rate came to';
  const across = 'log10 of the learning rate';
  const drawn = curvesFigure(curves, { title, across, style: pageStyle });
  return html`<div class="charts">${savedFigure(title, drawn, curvesTable(curves, across))}</div>`;
}

/**
 * The learning rate of each loss, and how much of the measure each that was tried came to: how sensitive a loss is to it.
 * @param facts of the run.
 */
export function learningRatesSection({ losses, learningRates, classes }: ReportFacts): Section {
  const about = { id: 'learning-rates', title: 'Learning rates' };
  if (learningRates === undefined || learningRates.losses.length === 0) return { ...about, content: nothing };
  const { measure, losses: own } = learningRates;
  const rates = [...new Set(own.flatMap(({ tried = [] }) => tried.map(({ rate }) => rate)))].sort(
    (a, b) => a - b,
  );
  const rows = own.map(({ loss, rate, tried }) => {
    const cells = rates.map((column) => {
      const entry = tried?.find((each) => each.rate === column);
      if (entry === undefined) return html`<td></td>`;
      const value = Number.isFinite(entry.value) ? entry.value.toFixed(3) : 'diverged';
      const epochs = html`<small>${entry.epochs} ${entry.epochs === 1 ? 'epoch' : 'epochs'}</small>`;
      return column === rate
        ? html`<td><strong>${value}</strong> ${epochs}</td>`
        : html`<td>${value} ${epochs}</td>`;
    });
    return html`<tr><th scope="row">${lossName(losses, loss)}</th><td>${rateText(rate)}</td>${cells}</tr>`;
  });
  const heads = rates.map((rate) => html`<th scope="col">${rateText(rate)}</th>`);
  const table = html`<table><thead><tr><th scope="col">loss</th><th scope="col">trained with</th>${heads}</tr></thead><tbody>${rows}</tbody></table>`;
  const [kind = '', of] = measure.split('.');
  const named = of && classes.includes(of) ? `${measureTitle(kind)} of ${of}` : measureTitle(measure);
  return {
    ...about,
    lead:
      rates.length === 0
        ? 'Each loss was trained with the rate that the config gives it.'
        : `Every loss had the same number of steps for its search. A column says what networks trained with that rate came to on the validation images (${named}), and for how long they were tried; the worse half was given up each time.`,
    content: html`${rates.length < 2 ? nothing : sensitivity(losses, learningRates)}${scrolling('What each learning rate came to', table)}`,
  };
}
