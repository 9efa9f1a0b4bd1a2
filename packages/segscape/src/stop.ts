export interface Stop {
  readonly signal: AbortSignal;
  dispose(): void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The first Ctrl-C (or SIGTERM, or a closed terminal) asks for a clean stop, the second ends at once.
 * @param said what is done until then, in words.
 */
export function stoppable(said = 'Stopping after this step.'): Stop {
  const controller = new AbortController();
  const ask = () => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write(`\n${said} Press Ctrl-C again to quit at once.\n`);
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
