/** An image's score by each loss's network, and how far each network is from the others there. */
export interface JudgedImage {
  readonly id: string;
  /** By loss; NaN where there is none. */
  readonly scores: Readonly<Record<string, number>>;
  /** By loss; absent with one loss. */
  readonly disputes?: Readonly<Record<string, number>>;
}

/** Images that tell most of a loss: by the IoU of the foreground, and by how far its mask is from those of the others. */
export interface CaseFact {
  readonly loss: string;
  readonly worst: string;
  readonly best: string;
  /** Absent with one loss. */
  readonly disputed?: string;
}

/** The image of the highest value, the first of equal ones; undefined where none has a value. */
function highest(images: readonly JudgedImage[], value: (image: JudgedImage) => number): string | undefined {
  const known = images.filter((image) => Number.isFinite(value(image)));
  return known.length === 0
    ? undefined
    : known.reduce((best, image) => (value(image) > value(best) ? image : best)).id;
}

/** The worst, the best and the most disputed image of each loss that has a score at all. */
export const casesOf = (images: readonly JudgedImage[], losses: readonly string[]): CaseFact[] =>
  losses.flatMap((loss) => {
    const worst = highest(images, ({ scores }) => -(scores[loss] ?? Number.NaN));
    const best = highest(images, ({ scores }) => scores[loss] ?? Number.NaN);
    if (worst === undefined || best === undefined) return [];
    const disputed = highest(images, ({ disputes }) => disputes?.[loss] ?? Number.NaN);
    return [{ loss, worst, best, ...(disputed !== undefined && { disputed }) }];
  });

/**
 * Ids of the images that pictures are drawn of: every case, those of the first loss first, and as many others, in their order,
 * as it takes to make `least`.
 */
export function shownImages(
  ids: readonly string[],
  cases: readonly CaseFact[],
  least: number,
): readonly string[] {
  const shown = new Set(
    cases.flatMap(({ worst, best, disputed }) => [
      ...(disputed === undefined ? [] : [disputed]),
      worst,
      best,
    ]),
  );
  for (const id of ids) {
    if (shown.size >= least) break;
    shown.add(id);
  }
  return [...shown];
}
