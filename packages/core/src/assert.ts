import { SegscapeError } from './errors.js';
import { shown } from './schema/shown.js';
import { sameShape } from './shape.js';

/** Anything with a shape: a tensor of any copy of the engine. */
export interface Shaped {
  readonly shape: readonly number[];
}

const show = (shape: readonly number[]) => `[${shape.join(', ')}]`;

/**
 * Throws `SHAPE_MISMATCH` unless the two named values have one shape.
 *
 *     assertSameShape('mapLoss', { labels, logits });
 *
 * @param advice one sentence that says how to mend it.
 * @param where the function, for the message.
 * @param pair two values with a shape, by name.
 */
export function assertSameShape(where: string, pair: Readonly<Record<string, Shaped>>, advice = ''): void {
  const [first, second] = Object.entries(pair);
  if (first === undefined || second === undefined) return;
  const [a, b] = [first[1].shape, second[1].shape];
  if (sameShape(a, b)) return;
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `${where}: expected ${second[0]} shaped like ${first[0]} ${show(a)}, got ${show(b)}.${advice && ` ${advice}`}`,
    { details: { [first[0]]: a, [second[0]]: b } },
  );
}

/**
 * Throws `BAD_OPTION` unless `condition` holds: `elastic: sigma (=0) must be positive, in pixels.`
 * @param condition what must hold.
 * @param where the function, for the message.
 * @param name the option.
 * @param value what was given.
 * @param must what was expected, after the word "must".
 */
export function assertOption(
  condition: boolean,
  where: string,
  name: string,
  value: unknown,
  must: string,
): asserts condition {
  if (condition) return;
  throw new SegscapeError('BAD_OPTION', `${where}: ${name} (=${shown(value)}) must ${must}.`, {
    details: { option: name, value },
  });
}
