import { interpolateInferno, interpolateViridis } from 'd3-scale-chromatic';

export type Scheme = 'seismic' | 'jet' | 'viridis' | 'inferno';
export type Rgb = readonly [number, number, number];

const clamp = (value: number) => Math.max(0, Math.min(1, value));
const byte = (value: number) => Math.round(255 * clamp(value));

/** Dark blue, white at the middle, dark red: for values that turn at one half. */
function seismic(t: number): Rgb {
  if (t < 0.25) return [0, 0, byte(0.3 + 2.8 * t)];
  if (t < 0.5) return [byte(4 * t - 1), byte(4 * t - 1), 255];
  if (t < 0.75) return [255, byte(3 - 4 * t), byte(3 - 4 * t)];
  return [byte(1 - 2 * (t - 0.75)), 0, 0];
}

/** Blue through cyan and yellow to red: the scheme of the original study's loss maps. */
const jet = (t: number): Rgb => [
  byte(1.5 - Math.abs(4 * t - 3)),
  byte(1.5 - Math.abs(4 * t - 2)),
  byte(1.5 - Math.abs(4 * t - 1)),
];

function parsed(colour: string): Rgb {
  const hex = /^#(..)(..)(..)$/.exec(colour);
  if (hex) return [1, 2, 3].map((i) => Number.parseInt(hex[i]!, 16)) as unknown as Rgb;
  return (colour.match(/\d+/g) ?? []).slice(0, 3).map(Number) as unknown as Rgb;
}

const colours: Record<Scheme, (t: number) => Rgb> = {
  seismic,
  jet,
  viridis: (t) => parsed(interpolateViridis(t)),
  inferno: (t) => parsed(interpolateInferno(t)),
};

/** 256 colours of a scheme, three bytes each. */
export function colourTable(scheme: Scheme): Uint8Array {
  return Uint8Array.from(Array.from({ length: 256 }, (_, i) => colours[scheme](i / 255)).flat());
}

/** One colour for each loss, the same in every figure; told apart by people with any colour vision (Okabe and Ito, 2008). */
export const lossColours: readonly string[] = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#d55e00',
  '#56b4e9',
  '#7f7f00',
  '#555555',
  '#8c564b',
  '#9467bd',
  '#17becf',
  '#000000',
];

/** The same colours for dark pages: lighter where the plain one would sink. */
export const darkLossColours: readonly string[] = [
  '#3f9fe0',
  '#f0ae2b',
  '#1fbf8f',
  '#dd8fbb',
  '#ee7733',
  '#8fd3f7',
  '#b8b83a',
  '#9aa1ab',
  '#b98a80',
  '#b395d6',
  '#3fd5e5',
  '#f2f2f2',
];

/** Colours of class outlines, from class 1 on. */
export const classColours: readonly Rgb[] = [
  [255, 214, 0],
  [0, 214, 255],
  [255, 64, 129],
  [124, 255, 64],
  [190, 120, 255],
];
