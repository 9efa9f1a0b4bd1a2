import type { CaseResult } from './run-case.js';

/** The report of a run: a line per op, a line per failure, the reasons of what is not offered, the totals. */
export function summarize(results: readonly CaseResult[]): { text: string; failed: number } {
  const lines: string[] = [];
  for (const op of new Set(results.map((result) => result.op))) {
    const own = results.filter((result) => result.op === op);
    const count = (status: CaseResult['status']) => own.filter((result) => result.status === status).length;
    lines.push(
      `${op}: ${count('passed')} passed / ${count('failed')} failed / ${count('unsupported')} unsupported`,
    );
  }
  const reasons = new Map<string, number>();
  for (const { status, reason = '' } of results)
    if (status === 'unsupported') reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  for (const [reason, count] of reasons) lines.push(`unsupported: ${reason} (${count})`);
  for (const { id, status, reason, difference } of results) {
    if (status !== 'failed') continue;
    lines.push(
      difference
        ? `FAILED ${id}: ${difference.at}: got ${difference.got}, expected ${difference.expected}, difference ${difference.difference}`
        : `FAILED ${id}: ${reason}`,
    );
  }
  const total = (status: CaseResult['status']) => results.filter((result) => result.status === status).length;
  const failed = total('failed');
  lines.push(`${total('passed')} passed, ${failed} failed, ${total('unsupported')} skipped`);
  return { text: `${lines.join('\n')}\n`, failed };
}
