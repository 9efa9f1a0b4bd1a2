/** Ways across a square of a plane, `share` from 0 to 1 along them; `reach` is half its side. */
export const ways = {
  'left to right': (share: number, reach: number) => [reach * (2 * share - 1), 0],
  'bottom to top': (share: number, reach: number) => [0, reach * (2 * share - 1)],
  'corner to corner': (share: number, reach: number) => [reach * (2 * share - 1), reach * (2 * share - 1)],
  'around the middle': (share: number, reach: number) => [
    (reach / 2) * Math.cos(2 * Math.PI * share),
    (reach / 2) * Math.sin(2 * Math.PI * share),
  ],
} as const satisfies Readonly<Record<string, (share: number, reach: number) => readonly [number, number]>>;

export type Way = keyof typeof ways;
