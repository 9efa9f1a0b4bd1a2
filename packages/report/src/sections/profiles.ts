import type { ProfileFact, ReportFacts } from '../facts.js';
import { curvesFigure } from '../figures/curves-svg.js';
import { pageStyle } from '../figures/style.js';
import { html, nothing } from '../html.js';
import { lossVariable, type Section } from './markup.js';

/** What each loss asks of a single pixel. */
export function profilesSection({ profiles = [], losses }: ReportFacts): Section {
  const curves = (values: (profile: ProfileFact) => readonly number[]) =>
    profiles.map((profile) => ({
      label: profile.loss,
      colour: lossVariable(losses.indexOf(profile.loss)),
      split: '',
      epochs: profile.p,
      mean: values(profile),
    }));
  const figures = [
    { title: 'Loss of a pixel', values: ({ values }: ProfileFact) => values },
    // By the logit, which the network gives: p (1 − p) of the derivative by p.
    {
      title: 'Pull on its logit',
      values: ({ p, slopes }: ProfileFact) => slopes.map((slope, i) => -slope * p[i]! * (1 - p[i]!)),
    },
  ];
  const drawn = figures.map(
    ({ title, values }) =>
      html`<figure>${curvesFigure(curves(values), { title, across: 'probability of the true class', style: pageStyle })}</figure>`,
  );
  return {
    id: 'profiles',
    title: 'What each loss asks of a pixel',
    lead: 'The loss of a single pixel against the probability that the network gives its true class, and how hard it pulls the logit of that class up. Losses of whole regions are drawn for an image of one pixel: among many, a pixel’s pull depends on the others.',
    content: profiles.length === 0 ? nothing : html`<div class="charts">${drawn}</div>`,
  };
}
