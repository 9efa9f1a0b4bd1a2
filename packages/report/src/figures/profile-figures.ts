import type { Curve } from '../data/curves.js';
import type { ProfileFact } from '../facts.js';
import { type Html, html } from '../html.js';
import type { CurvesSvgOptions } from './curves-svg.js';
import { scaleOf } from './scale.js';
import { pageStyle } from './style.js';
import { element, svgDocument, textAt } from './svg.js';

/** Profiles with their colours. */
export interface ProfileFigures {
  readonly profiles: readonly ProfileFact[];
  /** CSS colours by the place of the loss among the profiles. */
  readonly colours: readonly string[];
}

/** A figure of profiles. */
export interface ProfileCurves {
  readonly curves: readonly Curve[];
  readonly options: CurvesSvgOptions;
  /** What stands at its foot. */
  readonly by: 'probability' | 'logit';
}

/** Of one of two classes with this probability. */
const logit = (p: number) => Math.log(p / (1 - p));

/** By the logit, which the network gives: p (1 − p) of the derivative by p. */
const pull = ({ p, slopes }: ProfileFact) => slopes.map((slope, i) => -slope * p[i]! * (1 - p[i]!));

/**
 * The curves of losses against the probability of the true class and against its logit, as figures.
 * @param data the profiles with their colours.
 * @param log the loss by the logarithm.
 */
export function profileCurves({ profiles, colours }: ProfileFigures, log = false): ProfileCurves[] {
  const drawn = (by: ProfileCurves['by'], values: (profile: ProfileFact) => readonly number[]) =>
    profiles.map((profile, i) => {
      const all = values(profile);
      // At the ends themselves the logit is infinite.
      const places = [...profile.p.keys()].filter(
        (k) => by !== 'logit' || Number.isFinite(logit(profile.p[k]!)),
      );
      return {
        label: profile.loss,
        colour: colours[i] ?? 'currentColor',
        split: '',
        epochs: places.map((k) => (by === 'logit' ? logit(profile.p[k]!) : profile.p[k]!)),
        mean: places.map((k) => all[k]!),
      };
    });
  return (['probability', 'logit'] as const).flatMap((by) => {
    const across = `${by} of the true class`;
    const title = by === 'logit' ? ', by the logit' : '';
    return [
      {
        by,
        curves: drawn(by, ({ values }) => values),
        options: { title: `Loss of a pixel${title}`, across, log },
      },
      { by, curves: drawn(by, pull), options: { title: `Pull on its logit${title}`, across } },
    ];
  });
}

/**
 * How many pixels have which probability of their true class, by the logarithm, at the width of the curves.
 * @param counts in bins of equal width from 0 to 1.
 */
export function histogramFigure(counts: readonly number[]): Html {
  const [left, right, top, bottom, width] = [44, 368, 20, 84, 380];
  const most = Math.max(1, ...counts);
  const up = scaleOf([0.5, most], [bottom, top], { log: true });
  const step = (right - left) / Math.max(1, counts.length);
  const bars = counts.flatMap((count, i) =>
    count === 0
      ? []
      : [
          element('rect', {
            x: left + i * step + 0.5,
            y: up.at(count),
            width: Math.max(0.5, step - 1),
            height: bottom - up.at(count),
            fill: 'currentColor',
            'fill-opacity': 0.55,
          }),
        ],
  );
  const total = counts.reduce((a, b) => a + b, 0);
  const title = textAt(left, 12, `${total.toLocaleString('en')} pixels of the test images (logarithmic)`, {
    fill: pageStyle.ink,
  });
  const floor = element('path', { d: `M${left},${bottom}H${right}`, stroke: pageStyle.rule, fill: 'none' });
  const low = counts.slice(0, Math.ceil(counts.length / 2)).reduce((a, b) => a + b, 0);
  return svgDocument(
    {
      width,
      height: 90,
      background: 'none',
      label: `Histogram of the probability of the true class: ${low} of ${total} pixels below one half`,
    },
    html`${title}${bars}${floor}`,
  );
}
