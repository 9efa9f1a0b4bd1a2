import { duration } from './progress.js';

export interface ProgressLine {
  /** @param completed images done, and the share of the one at hand. */
  show(completed: number, label: string): void;
  end(): void;
}

/** Longest name of an image that is shown whole. */
const room = 32;

/** A line on standard error that says how far it is and how long it takes yet; nothing where that is no terminal. */
export function progressLine(total: number): ProgressLine {
  const { stderr } = process;
  if (!stderr.isTTY) return { show: () => {}, end: () => {} };
  const started = performance.now();
  const clear = '\r\u001b[K';
  return {
    show(completed, label) {
      const left = ((performance.now() - started) / 1000 / completed) * (total - completed);
      const name = label.length > room ? `…${label.slice(1 - room)}` : label;
      const eta = completed > 0 && completed < total ? `, ${duration(left)} left` : '';
      const line = `${Math.floor(completed)} of ${total} ${name} ${Math.floor((100 * completed) / total)} %${eta}`;
      stderr.write(`${clear}${line.slice(0, Math.max(0, (stderr.columns ?? 80) - 1))}`);
    },
    end: () => stderr.write(clear),
  };
}
