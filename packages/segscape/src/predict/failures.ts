import { countOf } from '@segscape/core';
import type { Input } from './inputs.js';

/** An image that could not be segmented. */
export interface Failure {
  readonly input: Input;
  readonly message: string;
}

/** So many are named; a folder may hold thousands. */
const most = 10;

function line({ input: { name, path }, message }: Failure): string {
  if (message.includes(name) || message.includes(path)) return message;
  return `predict: '${name}': ${message.replace(/^predict: /, '')}`;
}

/** What is said of them at the end, each by its file. */
export function failureLines(failures: readonly Failure[]): string[] {
  const left = failures.length - most;
  return [
    ...failures.slice(0, most).map(line),
    ...(left > 0
      ? [`predict: ${countOf(left, 'more image')} could not be segmented; objects.csv says why.`]
      : []),
  ];
}
