/** One measured case: a row of the table, an object of the JSON output. */
export interface Row {
  readonly bench: string;
  readonly case: string;
  readonly peer: string;
  readonly oursMs: number;
  readonly peerMs: number;
  /** Ours over the peer's: below 1 is faster. */
  readonly ratio: number;
  /** Other figures worth seeing. */
  readonly notes?: string;
}

export interface Contest {
  readonly bench: string;
  readonly case: string;
  readonly peer: string;
  /** Runs once; resolves when the result is there. Returns milliseconds when it timed itself. */
  ours(): Promise<number | undefined>;
  theirs(): Promise<number | undefined>;
  /** At least. Default 15. */
  readonly rounds?: number;
  readonly notes?: () => Promise<string>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

async function timed(run: () => Promise<number | undefined>): Promise<number> {
  const started = performance.now();
  const own = await run();
  return own ?? performance.now() - started;
}

/** Short cases run until their memory and code are warm. */
const warmUpMs = 1000;

/** Short cases take more rounds, until a moment's load on the machine no longer decides the median. */
const leastMs = 10_000;
const most = 60;

/** Warm-up, then the two in turn, so that a busy machine slows both; medians. */
export async function measure({
  bench,
  case: name,
  peer,
  ours,
  theirs,
  rounds = 15,
  notes,
}: Contest): Promise<Row> {
  const began = performance.now();
  for (let i = 0; i < 2 || (i < 30 && performance.now() - began < warmUpMs); i++) {
    await ours();
    await theirs();
  }
  const times: [number[], number[]] = [[], []];
  const from = performance.now();
  for (let i = 0; i < rounds || (i < most && performance.now() - from < leastMs); i++) {
    times[0].push(await timed(ours));
    times[1].push(await timed(theirs));
  }
  const [oursMs, peerMs] = [median(times[0]), median(times[1])];
  return {
    bench,
    case: name,
    peer,
    oursMs,
    peerMs,
    ratio: oursMs / peerMs,
    ...(notes && { notes: await notes() }),
  };
}
