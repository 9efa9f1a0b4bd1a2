import type { Interval } from '../statistics/interval.js';
import { percent } from '../statistics/percent.js';
import type { SampleNoise } from './noise.js';

/** What a sentence is made of; what was not measured is left out. */
export interface TrustFacts {
  readonly pathShare?: number | undefined;
  readonly gradientShare?: number | undefined;
  readonly eigenvectors?: readonly { readonly value: number; readonly cosine: number }[] | undefined;
  readonly roughness: number;
  readonly spread?: Interval | undefined;
  readonly noiseFloor?: number | undefined;
  readonly range: number;
  readonly images?: SampleNoise | undefined;
}

const short = (value: number): string => String(Number(value.toPrecision(2)));

/** Less of the path or the gradient than this, and the picture shows something else. */
const little = 0.1;
const much = 0.5;

function insidePart({ pathShare, gradientShare, eigenvectors }: TrustFacts): string {
  const shares = [
    ...(pathShare === undefined ? [] : [`${percent(pathShare)} of the path's variance`]),
    ...(gradientShare === undefined ? [] : [`${percent(gradientShare)} of the gradient`]),
  ];
  const known = [pathShare, gradientShare].filter((share) => share !== undefined);
  const verdict = known.some((share) => share < little)
    ? ', so it hardly shows what training saw'
    : known.length > 0 && known.every((share) => share >= much)
      ? ', so it shows most of what training saw'
      : '';
  const leaning =
    eigenvectors && eigenvectors.length > 0
      ? `the Hessian's top eigenvectors meet it at cosines of ${eigenvectors.map(({ cosine }) => cosine.toFixed(2)).join(', ')}`
      : '';
  const holds = shares.length > 0 ? `this slice holds ${shares.join(' and ')}${verdict}` : '';
  return [holds, leaning].filter(Boolean).join('; ');
}

function spreadPart({ spread, roughness }: TrustFacts): string {
  if (!spread || spread.count < 2) return '';
  const relative = spread.mean === 0 ? 0 : spread.spread / spread.mean;
  return `over ${spread.count} pairs of directions its roughness is ${short(spread.mean)} ± ${short(spread.spread)}${
    relative > 0.5 ? `, so the ${short(roughness)} of this one may be chance` : ''
  }`;
}

function noisePart({ noiseFloor, range, images }: TrustFacts): string {
  const rounding =
    noiseFloor === undefined
      ? ''
      : `differences below ${short(noiseFloor)} are rounding${range <= 10 * noiseFloor ? `, and the whole relief is only ${short(range)}` : ''}`;
  const chance =
    images === undefined
      ? ''
      : `on other images the loss at the centre would differ by about ${short(images.standardError)}${
          images.standardError > range ? ', more than the whole relief' : ''
        } (${images.images} images)`;
  return [rounding, chance].filter(Boolean).join('; ');
}

/** One plain sentence of how far to trust a surface. */
export function trustSentence(facts: TrustFacts): string {
  const parts = [insidePart(facts), spreadPart(facts), noisePart(facts)].filter(Boolean);
  if (parts.length === 0)
    return 'Nothing was measured that says how far to trust this surface: give its plane, a path, a gradient, repeats or noise.';
  const text = parts.join('; ');
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}
