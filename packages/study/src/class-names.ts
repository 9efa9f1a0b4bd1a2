import { SegscapeError } from '@segscape/core';

/** Words that measures use where a class could stand: `iou.mean`. */
const taken = ['mean'];

/**
 * Names of classes become names of measures, columns and files.
 * @throws {SegscapeError} `BAD_CONFIG`, before anything is trained.
 */
export function assertClassNames(classes: readonly string[]): void {
  for (const [index, name] of classes.entries()) {
    const why =
      name.trim() === ''
        ? 'be empty'
        : /[\p{Cc}\u2028\u2029]/u.test(name)
          ? 'hold line breaks or control characters'
          : name.length > 100
            ? 'be longer than 100 characters'
            : taken.includes(name)
              ? `be '${name}', which names the mean over the classes`
              : classes.indexOf(name) < index
                ? 'be given twice'
                : undefined;
    if (why !== undefined)
      throw new SegscapeError(
        'BAD_CONFIG',
        `config: the name of a class (${JSON.stringify(name.slice(0, 100))}) must not ${why}. Give data.classes other names.`,
        { details: { name } },
      );
  }
}

/**
 * The rarest class but the first, by the shares of the pixels: what people look for.
 * @param overlapping classes that overlap have no background among them. Default false.
 */
export function foregroundOf(
  classes: readonly string[],
  shares: readonly number[],
  overlapping = false,
): string {
  const all = classes.map((name, c) => ({ name, share: shares[c] ?? 0 }));
  const rare = all.length > 1 && !overlapping ? all.slice(1) : all;
  return rare.reduce((a, b) => (b.share < a.share ? b : a)).name;
}
