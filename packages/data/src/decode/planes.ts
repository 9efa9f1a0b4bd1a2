import { Unsupported } from './faults.js';

/** Which of several pages, points in time and pictures of a file. */
export interface PlaneChoice {
  readonly page?: number | undefined;
  readonly time?: number | undefined;
  readonly series?: number | undefined;
  /** Whether a file that has one of what is chosen gives that, whatever is asked for. */
  readonly lenient?: boolean;
}

const names = {
  page: ['page', 'pages'],
  time: ['point in time', 'points in time'],
  series: ['series', 'series'],
} as const;

/**
 * The index of the one asked for among `count`, or of the only one.
 * @param about what they are, for the message; by default so many of that name.
 * @throws {Unsupported} where there is no such one, or several and none is asked for.
 */
export function chosen(what: keyof typeof names, count: number, choice: PlaneChoice, about?: string): number {
  const index = choice[what];
  const [one, many] = names[what];
  if (index === undefined) {
    if (count === 1) return 0;
    throw new Unsupported(
      `${about ?? `it has ${count} ${many}`}; say with ${what} which one (0 to ${count - 1})`,
    );
  }
  if (count === 1 && choice.lenient) return 0;
  if (index < count) return index;
  throw new Unsupported(`it has no ${one} ${index}, but ${count} (0 to ${count - 1})`);
}

/** Throws where another one than the only one is asked for. */
export function assertOne(choice: PlaneChoice, ...kinds: readonly (keyof typeof names)[]): void {
  for (const what of kinds) chosen(what, 1, choice);
}
