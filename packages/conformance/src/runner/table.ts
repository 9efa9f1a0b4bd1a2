import { type Cell, type Column, limit } from './matrix.js';

const short = (error: number) => (error === 0 ? '0' : Number.isFinite(error) ? error.toExponential(1) : '∞');
const milliseconds = (ms: number) => (ms < 10 ? ms.toFixed(1) : ms.toFixed(0));

function written(cell: Cell | undefined): string {
  if (cell === undefined || cell.status === 'skipped') return '–';
  const { status, maxRelativeError, ms = 0 } = cell;
  if (maxRelativeError === undefined) return 'FAILED';
  const numbers = `${short(maxRelativeError)} / ${milliseconds(ms)}`;
  return status === 'passed' ? numbers : `FAILED ${numbers}`;
}

const count = ({ cells }: Column, status: Cell['status']) =>
  cells.filter((cell) => cell.status === status).length;

/** The column in one line: what ran, how many passed, the largest error. */
export function columnLine(column: Column): string {
  const { backend, device, unavailable, cells } = column;
  if (unavailable !== undefined) return `${backend}: skipped: ${unavailable}`;
  const ran = cells.filter(({ maxRelativeError = Number.NaN }) => Number.isFinite(maxRelativeError));
  const worst = ran.reduce<Cell | undefined>(
    (most, cell) => (most && most.maxRelativeError! >= cell.maxRelativeError! ? most : cell),
    undefined,
  );
  const seconds = cells.reduce((total, { ms = 0 }) => total + ms, 0) / 1000;
  return (
    `${backend} (${device}): ${count(column, 'passed')} passed, ${count(column, 'failed')} failed, ` +
    `${count(column, 'skipped')} skipped in ${seconds.toFixed(1)} s` +
    (worst ? `; largest error ${short(worst.maxRelativeError!)} in ${worst.op}` : '')
  );
}

/** The failures of a column, one a line. */
export const failureLines = ({ cells }: Column): string[] =>
  cells
    .filter(({ status }) => status === 'failed')
    .map(({ op, backend, reason }) => `FAILED ${backend}: ${op}: ${reason}`);

/** The whole as Markdown: what each backend is, op × backend, what failed, what is not asked for. */
export function markdown(columns: readonly Column[]): string {
  const ran = columns.filter(({ unavailable }) => unavailable === undefined);
  const rows = ran[0]?.cells.map(({ op }) => op) ?? [];
  const cells = ran.map(({ cells: all }) => new Map(all.map((cell) => [cell.op, cell])));
  const exempt = new Map(
    ran.flatMap(({ cells: all }) =>
      all.flatMap(({ op, status, reason = '' }) => (status === 'skipped' ? [[op, reason] as const] : [])),
    ),
  );
  const escaped = (text: string) => text.replaceAll('|', '\\|');
  const table = [
    `| op | ${ran.map(({ backend }) => backend).join(' | ')} |`,
    `| --- |${' ---: |'.repeat(ran.length)}`,
    ...rows.map((op) => `| ${escaped(op)} | ${cells.map((all) => written(all.get(op))).join(' | ')} |`),
  ];
  return [
    '# Conformance',
    '',
    'Each cell is the largest relative error of any output against double precision, and milliseconds of one run with its',
    `outputs read: \`max |got − reference| / (max |reference| + 1e-6)\`. At most ${limit.toExponential(0)} passes.`,
    '',
    ...columns.map((column) => `- ${columnLine(column)}`),
    '',
    ...(rows.length > 0 ? table : []),
    ...(ran.some((column) => failureLines(column).length > 0)
      ? ['', '## Failed', '', ...ran.flatMap(failureLines).map((line) => `- ${line}`)]
      : []),
    ...(exempt.size > 0
      ? ['', '## Not asked for', '', ...[...exempt].map(([op, reason]) => `- ${op}: ${reason}`)]
      : []),
    '',
  ].join('\n');
}
