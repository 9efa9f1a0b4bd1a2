import type { ReportFacts } from '../facts.js';
import { curvesFigure } from '../figures/curves-svg.js';
import { histogramFigure, profileCurves } from '../figures/profile-figures.js';
import { pageStyle } from '../figures/style.js';
import { html, nothing } from '../html.js';
import { lossVariable, type Section } from './markup.js';

/**
 * Pixels of the test images by the probability of their true class, of all trainings together.
 * @param facts of the run.
 * @returns counts in bins of equal width, or undefined where the run counted none.
 */
export function trueClassHistogram({ calibration = [] }: ReportFacts): number[] | undefined {
  const counted = calibration.flatMap(({ trueClass }) => (trueClass ? [trueClass] : []));
  const first = counted[0];
  return first?.map((_, k) => counted.reduce((sum, counts) => sum + (counts[k] ?? 0), 0));
}

/**
 * What each loss asks of a single pixel, and how many pixels there are to ask.
 * @param facts of the run.
 */
export function profilesSection(facts: ReportFacts): Section {
  const { profiles = [], losses } = facts;
  const histogram = trueClassHistogram(facts);
  const beneath = histogram === undefined ? nothing : histogramFigure(histogram);
  const colours = profiles.map(({ loss }) => lossVariable(losses.indexOf(loss)));
  const drawn = profileCurves({ profiles, colours }).map(
    ({ curves, options, by }) =>
      html`<figure>${curvesFigure(curves, { ...options, style: pageStyle })}${by === 'probability' ? beneath : nothing}</figure>`,
  );
  return {
    id: 'profiles',
    title: 'What each loss asks of a pixel',
    lead: 'The loss of a single pixel against the probability that the network gives its true class, and against its logit, and how hard it pulls the logit of that class up. Losses of whole regions are drawn for an image of one pixel: among many, a pixel’s pull depends on the others.',
    content:
      profiles.length === 0 ? nothing : html`<div class="profiles"><div class="charts">${drawn}</div></div>`,
  };
}
