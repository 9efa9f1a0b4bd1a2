export interface Stop {
  readonly signal: AbortSignal;
  dispose(): void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first Ctrl-C (or SIGTERM, or a closed terminal) asks for a clean stop, the second ends at once. */
export function stoppable(): Stop {
  const controller = new AbortController();
  const ask = () => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write('\nStopping after this step. Press Ctrl-C again to quit at once.\n');
    controller.abort();
  };
  for (const signal of signals) process.on(signal, ask);
  return {
    signal: controller.signal,
    dispose() {
      for (const signal of signals) process.off(signal, ask);
    },
  };
}
