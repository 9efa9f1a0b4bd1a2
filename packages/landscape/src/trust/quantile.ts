/**
 * The value that a share of all lies below.
 *
 * @param sorted ascending, as a typed array's `sort` leaves them: NaN last.
 * @param share in [0, 1].
 * @returns one of them; NaN where one is NaN: of what is not known no share is.
 */
export const quantileOf = (sorted: Float64Array, share: number): number =>
  Number.isNaN(sorted.at(-1))
    ? Number.NaN
    : sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
