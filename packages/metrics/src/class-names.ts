import { assertOption } from '@segscape/core';

/**
 * Names of the classes, from a list or their number. They become columns (`iou.disc`) beside `iou.mean`, and rows of
 * tables: so each is a text of one line, none is `mean`, and none comes twice.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function classNames(where: string, classes: number | readonly string[]): readonly string[] {
  const isCount = typeof classes === 'number';
  const count = isCount ? classes : Array.isArray(classes) ? classes.length : 0;
  const must = 'be at least 2, the background included';
  assertOption(Number.isInteger(count) && count >= 2, where, 'classes', classes, must);
  if (isCount) return Array.from({ length: count }, (_, c) => String(c));
  classes.forEach((name, c) => {
    const option = `classes[${c}]`;
    assertOption(typeof name === 'string' && name.trim() !== '', where, option, name, 'be a name');
    assertOption(
      !/\p{Cc}|\u2028|\u2029/u.test(name),
      where,
      option,
      name,
      'be of one line, without control characters',
    );
    assertOption(
      name !== 'mean',
      where,
      option,
      name,
      'be another name: that column is the mean over the classes',
    );
    assertOption(classes.indexOf(name) === c, where, option, name, 'be a name that no other class has');
  });
  return [...classes];
}
