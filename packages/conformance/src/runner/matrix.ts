import type { ConformanceCase, Outcome } from '../suite/case.js';
import { suite } from '../suite/cases.js';
import { type BundleEntry, inDoubles, type Place, type PlaceName, places } from './places.js';
import type { SuiteMessage } from './protocol.js';
import { largestDeviation } from './relative-error.js';

/** What every case must meet that has no limit of its own. */
export const limit = 1e-4;

/** A cell of the table. */
export interface Cell {
  readonly op: string;
  readonly backend: PlaceName;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly maxRelativeError?: number;
  readonly ms?: number;
  readonly leaks?: number;
  /** Why it failed, or why it is not asked for here. */
  readonly reason?: string;
}

/** A column, whole. */
export interface Column {
  readonly backend: PlaceName;
  readonly device: string;
  /** Why the backend is not to be had here; its cells are all skipped. */
  readonly unavailable?: string;
  readonly cells: readonly Cell[];
}

/** The outputs of a case in double precision, or why there are none. */
type Reference = ReadonlyMap<string, Readonly<Record<string, Outcome>> | string>;

/** Computes the cases in double precision. */
export async function referenceOf(
  cases: readonly ConformanceCase[],
  bundle: BundleEntry,
): Promise<Reference> {
  const found = new Map<string, Readonly<Record<string, Outcome>> | string>();
  for await (const message of inDoubles(namesOf(cases), bundle)) {
    if (message.type === 'result') found.set(message.name, message.outputs);
    if (message.type === 'error') found.set(message.name, `no reference: ${message.message}`);
    if (message.type === 'unavailable') throw new Error(message.reason);
  }
  return found;
}

const namesOf = (cases: readonly ConformanceCase[]) => cases.map(({ name }) => name);

/** How often a backend may be started again after a crash. */
const restarts = 3;

function judged(
  one: ConformanceCase,
  backend: PlaceName,
  { outputs, ms, leaks, faults }: Extract<SuiteMessage, { type: 'result' }>,
  reference: Reference,
): Cell {
  const expected = reference.get(one.name) ?? 'no reference';
  if (typeof expected === 'string') return { op: one.name, backend, status: 'failed', ms, reason: expected };
  const { error, at } = largestDeviation(outputs, expected);
  const allowed = one.tolerance?.value ?? limit;
  const reasons = [
    ...(error <= allowed ? [] : [`${at}: ${error.toExponential(1)} above ${allowed.toExponential(0)}`]),
    ...(leaks === 0 ? [] : [`${leaks} tensors left behind`]),
    ...faults.slice(0, 1).map((fault) => `the device said: ${fault}`),
  ];
  return {
    op: one.name,
    backend,
    status: reasons.length === 0 ? 'passed' : 'failed',
    maxRelativeError: error,
    ms,
    leaks,
    ...(reasons.length > 0 && { reason: reasons.join('; ') }),
  };
}

/** Computes one column; a backend that crashes fails the case at hand and goes on with the next. */
export async function columnOf(
  backend: PlaceName,
  cases: readonly ConformanceCase[],
  reference: Reference,
  bundle: BundleEntry,
): Promise<Column> {
  const place: Place = places[backend];
  const isExempt = ({ exempt }: ConformanceCase) => exempt !== undefined && !place.readsValues;
  const cells: Cell[] = cases.filter(isExempt).map((one) => ({
    op: one.name,
    backend,
    status: 'skipped',
    reason: one.exempt!.because,
  }));
  const byName = new Map(cases.map((one) => [one.name, one]));
  let rest = namesOf(cases.filter((one) => !isExempt(one)));
  let device = '';
  for (let start = 0; rest.length > 0; start++) {
    let current = rest[0]!;
    const fail = (op: string, reason: string) => cells.push({ op, backend, status: 'failed', reason });
    try {
      for await (const message of place.run({ ...place.request, cases: rest }, bundle)) {
        if (message.type === 'ready') device = message.device;
        else if (message.type === 'start') current = message.name;
        else if (message.type === 'error') fail(message.name, message.message);
        else if (message.type === 'result')
          cells.push(judged(byName.get(message.name)!, backend, message, reference));
        else if (message.type === 'unavailable')
          return {
            backend,
            device,
            unavailable: message.reason,
            cells: allSkipped(cases, backend, message.reason),
          };
      }
      break;
    } catch (error) {
      const reason = `crashed: ${error instanceof Error ? error.message : String(error)}`;
      fail(current, reason);
      rest = rest.slice(rest.indexOf(current) + 1);
      if (start < restarts) continue;
      for (const op of rest) fail(op, `not run, since the backend ${reason}`);
      break;
    }
  }
  const order = new Map(namesOf(cases).map((name, i) => [name, i]));
  return { backend, device, cells: cells.sort((a, b) => order.get(a.op)! - order.get(b.op)!) };
}

const allSkipped = (cases: readonly ConformanceCase[], backend: PlaceName, reason: string): Cell[] =>
  cases.map(({ name }) => ({ op: name, backend, status: 'skipped', reason }));

/** The cases whose names contain the text. */
export const casesNamed = (text = ''): readonly ConformanceCase[] =>
  suite.filter(({ name }) => name.includes(text));
