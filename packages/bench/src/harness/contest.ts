import { blockOf } from './block.js';
import { bootstrapRatio } from './bootstrap-ratio.js';
import { idleShare, quiet } from './idle.js';
import { median } from './median.js';
import type { Mode, Side } from './side.js';

export type { Mode } from './side.js';

/** One measured case: a row of the table, an object of the JSON output. */
export interface Row {
  readonly bench: string;
  readonly case: string;
  readonly peer: string;
  /** How the peer is set: channels last, say. The last row of a case is its best mode. */
  readonly mode: string;
  readonly oursMs: number;
  readonly peerMs: number;
  /** Ours over the peer's: below 1 is faster. */
  readonly ratio: number;
  /** 95 % interval of the ratio, by a bootstrap over the rounds. */
  readonly low: number;
  readonly high: number;
  /** Largest share of a core that either side took while it was the other's turn. */
  readonly idle: number;
  /** Other figures worth seeing. */
  readonly notes?: string;
}

export interface Contest {
  readonly bench: string;
  readonly case: string;
  readonly peer: string;
  readonly ours: () => Promise<number | undefined>;
  /** The peer's modes; the fastest is the one that counts. */
  readonly modes: readonly Mode[];
  /** Default 5. */
  readonly rounds?: number;
  /** Other figures, beside the median of ours. */
  readonly notes?: (oursMs: number) => Promise<string>;
}

/**
 * Ours against every mode of a peer, in blocks: one side runs for a while as it does in use, then sleeps while another has
 * the machine to itself; two thread pools side by side would spin on each other's cores. Before each block the others are
 * waited for until they are quiet, and what they took of a core during it is told.
 * @returns a row for every mode, the peer's best last.
 */
export async function contest({
  bench,
  case: name,
  peer,
  ours,
  modes,
  rounds = 5,
  notes,
}: Contest): Promise<Row[]> {
  const own: Side = { run: ours, pid: process.pid };
  const sides = [own, ...modes];
  const times = sides.map(() => [] as number[][]);
  let idle = 0;
  for (let round = 0; round < rounds; round++)
    for (const [i, side] of sides.entries()) {
      const others = [...new Set(sides.map(({ pid }) => pid))].filter((pid) => pid !== side.pid);
      await quiet(others);
      const watch = idleShare(others);
      times[i]!.push(await blockOf(side));
      idle = Math.max(idle, watch());
    }
  const said = await notes?.(median(times[0]!.flat()));
  const rows = modes.map(({ mode }, i): Row => {
    const [mine, theirs] = [times[0]!, times[i + 1]!];
    const [oursMs, peerMs] = [median(mine.flat()), median(theirs.flat())];
    return {
      bench,
      case: name,
      peer,
      mode,
      oursMs,
      peerMs,
      ratio: oursMs / peerMs,
      ...bootstrapRatio(mine, theirs),
      idle,
      ...(said && { notes: said }),
    };
  });
  return rows.sort((a, b) => b.peerMs - a.peerMs);
}
