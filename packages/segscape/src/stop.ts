export interface Stop {
  readonly signal: AbortSignal;
  dispose(): void;
}

/** The first Ctrl-C asks for a clean stop, the second ends at once. */
export function stoppable(): Stop {
  const controller = new AbortController();
  const ask = () => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write('\nStopping after this step. Press Ctrl-C again to quit at once.\n');
    controller.abort();
  };
  process.on('SIGINT', ask);
  process.on('SIGTERM', ask);
  return {
    signal: controller.signal,
    dispose() {
      process.off('SIGINT', ask);
      process.off('SIGTERM', ask);
    },
  };
}
