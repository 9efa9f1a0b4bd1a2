/** One way to do the work. */
export interface Side {
  /** Runs once; resolves when the result is there. Returns milliseconds where it timed itself. */
  run(): Promise<number | undefined>;
  /** Process whose idleness is watched. */
  readonly pid: number;
}

export interface Mode extends Side {
  readonly mode: string;
}
