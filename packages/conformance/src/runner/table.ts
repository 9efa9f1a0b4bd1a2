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

/** The op that a case tries, without its options. */
export const opOf = (name: string): string => name.split(' ')[0]!.replace(/,$/, '');

/** The cases of one op as one cell: the worst error, the time of all. */
function merged(op: string, cells: readonly Cell[]): Cell {
  const ran = cells.filter(({ status }) => status !== 'skipped');
  const failed = ran.find(({ status }) => status === 'failed');
  const errors = ran.flatMap(({ maxRelativeError }) => maxRelativeError ?? []);
  return {
    ...(failed ?? ran[0] ?? cells[0]!),
    op,
    ...(errors.length > 0 && { maxRelativeError: Math.max(...errors) }),
    ms: ran.reduce((total, { ms = 0 }) => total + ms, 0),
  };
}

/** A column with one cell for each op, in the order of the first case of each. */
export function byOp(column: Column): Column {
  const groups = new Map<string, Cell[]>();
  for (const cell of column.cells) groups.set(opOf(cell.op), [...(groups.get(opOf(cell.op)) ?? []), cell]);
  return { ...column, cells: [...groups].map(([op, cells]) => merged(op, cells)) };
}

const escaped = (text: string) => text.replaceAll('|', '\\|');

/** op × backend, for those that ran. */
function table(columns: readonly Column[]): string[] {
  const rows = columns[0]?.cells.map(({ op }) => op) ?? [];
  if (rows.length === 0) return [];
  const cells = columns.map(({ cells: all }) => new Map(all.map((cell) => [cell.op, cell])));
  return [
    `| op | ${columns.map(({ backend }) => backend).join(' | ')} |`,
    `| --- |${' ---: |'.repeat(columns.length)}`,
    ...rows.map((op) => `| ${escaped(op)} | ${cells.map((all) => written(all.get(op))).join(' | ')} |`),
  ];
}

const section = (title: string, lines: readonly string[]) =>
  lines.length > 0 ? ['', `## ${title}`, '', ...lines.map((line) => `- ${line}`)] : [];

/**
 * The whole as Markdown: what each backend is, op × backend, what failed, what is not asked for.
 * @param every a row for each case; else for each op, with the worst error and the time of all its cases.
 */
export function markdown(columns: readonly Column[], { every = true } = {}): string {
  const ran = columns.filter(({ unavailable }) => unavailable === undefined);
  const exempt = new Map(
    ran.flatMap(({ cells }) =>
      cells.flatMap(({ op, status, reason = '' }) =>
        status === 'skipped' ? [[every ? op : opOf(op), reason] as const] : [],
      ),
    ),
  );
  const ofCases = every ? '' : ' of any of its cases';
  return [
    '# Conformance',
    '',
    `Each cell is the largest relative error of any output${ofCases} against double precision, and milliseconds of one run`,
    `${ofCases && 'of each '}with its outputs read: \`max |got − reference| / (max |reference| + 1e-6)\`. At most ${limit.toExponential(0)} passes.`,
    '',
    ...columns.map((column) => `- ${columnLine(column)}`),
    '',
    ...table(every ? ran : ran.map(byOp)),
    ...section('Failed', ran.flatMap(failureLines)),
    ...section(
      'Not asked for',
      [...exempt].map(([op, reason]) => `${op}: ${reason}`),
    ),
    '',
  ].join('\n');
}
