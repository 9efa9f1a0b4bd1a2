import { assertKnown, assertOption } from '@segscape/core';
import { percent } from '../statistics/percent.js';
import type { GroupShare } from './gradient-shares.js';

/** One loss at one epoch of its training. */
export interface ForensicsPoint {
  readonly epoch: number;
  /** What the training should change: the loss, or an accuracy. */
  readonly value: number;
  /** Shares of one grouping at these weights. */
  readonly shares: readonly GroupShare[];
}

export interface PlateauOptions {
  /** Most of the whole change of the value that a plateau may take. Default 0.05. */
  readonly flatness?: number;
  /** Least share of a group that a plateau is named from. Default 0.5. */
  readonly dominance?: number;
}

export interface Plateau {
  readonly from: number;
  readonly to: number;
  /** The group that sent most of the gradient; undefined where none sent enough. */
  readonly group: string | undefined;
  /** Its mean share over the plateau. */
  readonly share: number;
  /** `97 % of the gradient from background until epoch 35` */
  readonly text: string;
}

/** The longest stretch from a point on over which the value stays within `room`. */
function stretch(points: readonly ForensicsPoint[], from: number, room: number): number {
  let [low, high, to] = [points[from]!.value, points[from]!.value, from];
  for (let k = from + 1; k < points.length; k++) {
    [low, high] = [Math.min(low, points[k]!.value), Math.max(high, points[k]!.value)];
    if (!(high - low <= room)) break;
    to = k;
  }
  return to;
}

/**
 * Names the plateaus of a training: stretches of three or more checkpoints on which the value hardly changes, by the group
 * that sent most of the gradient on them.
 *
 * @param points in the order of training, of one loss and one grouping (`gradientShares` at each checkpoint).
 * @param options how flat a plateau is, and how much of the gradient names it.
 * @returns the plateaus in the order of training.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function namePlateaus(points: readonly ForensicsPoint[], options: PlateauOptions = {}): Plateau[] {
  assertKnown('namePlateaus', options, ['flatness', 'dominance']);
  const { flatness = 0.05, dominance = 0.5 } = options;
  const where = 'namePlateaus';
  assertOption(flatness > 0 && flatness < 1, where, 'flatness', flatness, 'be in (0, 1)');
  assertOption(dominance > 0 && dominance <= 1, where, 'dominance', dominance, 'be in (0, 1]');
  const values = points.map(({ value }) => value).filter(Number.isFinite);
  const room = flatness * (Math.max(...values) - Math.min(...values));
  const found: Plateau[] = [];
  for (let from = 0; from < points.length; ) {
    const to = stretch(points, from, room);
    if (to - from < 2) {
      from++;
      continue;
    }
    found.push(named(points.slice(from, to + 1), from === 0, to === points.length - 1, dominance));
    from = to + 1;
  }
  return found;
}

function named(points: readonly ForensicsPoint[], first: boolean, last: boolean, dominance: number): Plateau {
  const groups = points[0]!.shares.map(({ group }, k) => ({
    group,
    share: points.reduce((sum, { shares }) => sum + shares[k]!.share, 0) / points.length,
  }));
  const top = groups.reduce((best, each) => (each.share > best.share ? each : best));
  const [from, to] = [points[0]!.epoch, points.at(-1)!.epoch];
  const when =
    first && last
      ? 'throughout'
      : first
        ? `until epoch ${to}`
        : last
          ? `from epoch ${from} on`
          : `from epoch ${from} to ${to}`;
  const group = top.share >= dominance ? top.group : undefined;
  const text = group
    ? `${percent(top.share)} of the gradient from ${group} ${when}`
    : `no group sends most of the gradient ${when}`;
  return { from, to, group, share: top.share, text };
}
