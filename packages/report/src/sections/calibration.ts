import { classNames, classOf, reliabilityRows } from '../data/reliability-rows.js';
import { mean, shareText } from '../data/scores.js';
import type { ReportFacts } from '../facts.js';
import { reliabilityTable } from '../figures/figure-tables.js';
import { reliabilityFigure } from '../figures/reliability-svg.js';
import { pageStyle } from '../figures/style.js';
import { type Html, html, nothing } from '../html.js';
import { lossName, lossVariable, type Section, savedFigure, scrolling } from './markup.js';

/**
 * Whether probabilities mean what they say: a reliability diagram for each class, and the error of each.
 * @param facts of the run.
 */
export function calibrationSection(facts: ReportFacts): Section {
  const { losses, classes, calibration = [] } = facts;
  const named = classes.filter((name) => calibration.some((entry) => classOf(entry, name)));
  const figures = classNames(facts).map((name) => {
    const rows = reliabilityRows(facts, name, lossVariable);
    const drawn = reliabilityFigure(rows, { title: name, style: pageStyle });
    return savedFigure(`Calibration ${name}`, drawn, reliabilityTable(rows));
  });
  return {
    id: 'calibration',
    title: 'Do probabilities mean what they say?',
    lead: 'Pixels of the test images in bins by the probability that a network gives a class, against how often the class is there. Below the diagonal a network is too sure, above it too modest.',
    content:
      figures.length === 0
        ? nothing
        : html`<p class="key">${losses.map((loss) => lossName(losses, loss))}</p><div class="charts">${figures}</div>${errorsHtml(facts, named)}`,
  };
}

function errorsHtml({ losses, calibration = [] }: ReportFacts, classes: readonly string[]): Html {
  const error = (loss: string, name: string) =>
    mean(
      calibration
        .filter((entry) => entry.loss === loss)
        .map((entry) => classOf(entry, name)?.error ?? Number.NaN)
        .filter(Number.isFinite),
    );
  const rows = losses.map((loss) => {
    const errors = classes.map((name) => error(loss, name));
    const cells = [...errors, mean(errors.filter(Number.isFinite))].map(
      (value) => html`<td>${shareText(value)}</td>`,
    );
    return html`<tr><th scope="row">${lossName(losses, loss)}</th>${cells}</tr>`;
  });
  const head = [...classes, 'Mean of classes'].map((name) => html`<th scope="col">${name}</th>`);
  const table = scrolling(
    'Calibration errors',
    html`<table><thead><tr><th scope="col">Trained with</th>${head}</tr></thead><tbody>${rows}</tbody></table>`,
  );
  return html`<h3>Calibration error of each class</h3>${table}<p class="note">Expected calibration error of each class against all others, weighted by pixels (class-wise ECE; Nixon et al., 2019), a mean over the seeds. A class that is nearly everywhere or nowhere has a small one whatever the network does.</p>`;
}
