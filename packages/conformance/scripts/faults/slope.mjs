/** Slope of values by their places: Theil and Sen's median of the slopes of all pairs, which single outliers do not move. */
export function slopeOf(values) {
  const slopes = values.flatMap((a, i) => values.slice(i + 1).map((b, k) => (b - a) / (k + 1)));
  slopes.sort((a, b) => a - b);
  return slopes.length === 0 ? 0 : slopes[Math.floor(slopes.length / 2)];
}
