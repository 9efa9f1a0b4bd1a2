import {
  decodeTensors,
  encodeTensors,
  isRecord,
  type Params,
  type PlainTensor,
  SegscapeError,
} from '@segscape/core';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { GridJob, GridPoint, PointValues } from '../grids/grid-runner.js';
import type { Batch, NamedObjective } from '../grids/objective.js';
import { contentHash } from './content-hash.js';

/** Of what travels between a grid and its workers; a worker refuses another. */
const wireVersion = 1;

/** What a worker is told of a grid: everything but the tensors, which it asks for by the hashes of their bytes. */
export interface JobSpec {
  readonly version: number;
  readonly objective: NamedObjective;
  readonly shares: readonly number[];
  /** Of the blob of weights and directions. */
  readonly weights: string;
  /** Of the blob of batches. */
  readonly data: string;
}

/** A grid as bytes. */
export interface PackedJob {
  readonly spec: JobSpec;
  readonly blobs: Readonly<Record<string, Uint8Array>>;
}

/** A grid's tensors again; the receiver disposes them. */
export interface UnpackedJob {
  readonly params: Params;
  readonly directions: readonly Params[];
  readonly batches: readonly Batch[];
}

async function plain(where: string, name: string, w: Tensor): Promise<PlainTensor> {
  const { dtype, shape } = w;
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool')
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: '${name}' is ${dtype}; workers take float32, int32 and bool.`,
    );
  return { dtype, shape, data: (await w.data()) as Float32Array };
}

/**
 * @throws {SegscapeError} `BAD_OPTION` for an objective that is a closure, which stays in its process.
 */
export async function packJob(where: string, job: GridJob): Promise<PackedJob> {
  const { objective, params, directions, batches, shares } = job;
  if (typeof objective === 'function')
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: the objective is a function, which cannot leave its process. Name one of the workers' registry: { kind, config }.`,
    );
  const weights: [string, PlainTensor][] = [];
  for (const [k, record] of [params, ...directions].entries())
    for (const [name, w] of Object.entries(record))
      weights.push([`${k}/${name}`, await plain(where, name, w)]);
  const data: [string, PlainTensor][] = [];
  const walk = async (value: unknown): Promise<unknown> => {
    if (typeof value !== 'object' || value === null) return { value };
    if ('dataId' in value) {
      data.push([`t${data.length}`, await plain(where, `batch tensor ${data.length}`, value as Tensor)]);
      return { tensor: data.length - 1 };
    }
    if (Array.isArray(value)) {
      const list: unknown[] = [];
      for (const part of value) list.push(await walk(part));
      return { list };
    }
    const record: [string, unknown][] = [];
    for (const [name, part] of Object.entries(value)) record.push([name, await walk(part)]);
    return { record };
  };
  const tree = JSON.stringify(await walk(batches));
  const weightBytes = encodeTensors(Object.fromEntries(weights), { directions: String(directions.length) });
  const dataBytes = encodeTensors(Object.fromEntries(data), { tree });
  const [weightHash, dataHash] = [await contentHash(weightBytes), await contentHash(dataBytes)];
  const { kind, config } = objective;
  return {
    spec: { version: wireVersion, objective: { kind, config }, shares, weights: weightHash, data: dataHash },
    blobs: { [weightHash]: weightBytes, [dataHash]: dataBytes },
  };
}

const toTensor = ({ data, shape, dtype }: PlainTensor): Tensor =>
  tensor(data as Float32Array, [...shape], dtype);

/** @throws {SegscapeError} `CORRUPT_FILE` for bytes that are not those of the hash, or no blob. */
export async function unpackJob(
  { weights, data }: JobSpec,
  load: (hash: string) => Promise<Uint8Array>,
): Promise<UnpackedJob> {
  const decoded = async (hash: string) => {
    const bytes = await load(hash);
    if ((await contentHash(bytes)) !== hash)
      throw new SegscapeError('CORRUPT_FILE', `landscape: the blob ${hash} arrived damaged. Send it again.`);
    return decodeTensors(Uint8Array.from(bytes));
  };
  const { tensors: records, metadata } = await decoded(weights);
  const { tensors: parts, metadata: form } = await decoded(data);
  const count = Number(metadata.directions);
  const all: Params[] = Array.from({ length: count + 1 }, () => ({}));
  for (const [key, value] of Object.entries(records)) {
    const slash = key.indexOf('/');
    all[Number(key.slice(0, slash))]![key.slice(slash + 1)] = toTensor(value);
  }
  type Node = { tensor: number } | { list: Node[] } | { record: [string, Node][] } | { value: unknown };
  const grow = (node: Node): unknown => {
    if ('tensor' in node) return toTensor(parts[`t${node.tensor}`]!);
    if ('list' in node) return node.list.map(grow);
    if ('record' in node) return Object.fromEntries(node.record.map(([name, part]) => [name, grow(part)]));
    return node.value;
  };
  const [params, ...directions] = all;
  return { params: params!, directions, batches: grow(JSON.parse(form.tree!) as Node) as Batch[] };
}

const isHash = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);

/** A chunk of a grid as it arrived. @throws {SegscapeError} `UNSUPPORTED_FORMAT` for one of another version or form. */
export function parseChunk(payload: unknown): { spec: JobSpec; points: GridPoint[] } {
  const refuse = (why: string) =>
    new SegscapeError(
      'UNSUPPORTED_FORMAT',
      `landscape: a chunk ${why}. Let both sides have the same version.`,
    );
  if (!isRecord(payload) || !isRecord(payload.spec)) throw refuse('without a spec arrived');
  const { spec, points } = payload;
  if (spec.version !== wireVersion)
    throw refuse(`is of version ${String(spec.version)}, this worker's is ${wireVersion}`);
  if (!isRecord(spec.objective) || typeof spec.objective.kind !== 'string')
    throw refuse('names no objective');
  const numbers = (list: unknown): list is number[] => Array.isArray(list) && list.every(Number.isFinite);
  if (!numbers(spec.shares) || !isHash(spec.weights) || !isHash(spec.data))
    throw refuse('has a spec of another form');
  const point = (p: unknown): p is GridPoint =>
    isRecord(p) && Number.isSafeInteger(p.index) && numbers(p.offsets);
  if (!Array.isArray(points) || !points.every(point)) throw refuse('has points of another form');
  return { spec: spec as unknown as JobSpec, points };
}

/** Values as JSON takes them: NaN by its name. */
export const writeValues = (found: readonly PointValues[]): unknown =>
  found.map(({ index, values }) => [
    index,
    Object.entries(values).map(([name, value]) => [name, Number.isFinite(value) ? value : 'NaN']),
  ]);

/** @throws {SegscapeError} `UNSUPPORTED_FORMAT` for anything but what `writeValues` wrote for these points. */
export function readValues(written: unknown, points: readonly GridPoint[]): PointValues[] {
  const wanted = new Set(points.map(({ index }) => index));
  const value = (entry: unknown): entry is [string, number | 'NaN'] =>
    Array.isArray(entry) && typeof entry[0] === 'string' && (Number.isFinite(entry[1]) || entry[1] === 'NaN');
  const valid = (entry: unknown): entry is [number, [string, number | 'NaN'][]] =>
    Array.isArray(entry) &&
    wanted.delete(entry[0] as number) &&
    Array.isArray(entry[1]) &&
    entry[1].every(value);
  if (!Array.isArray(written) || !written.every(valid) || wanted.size > 0)
    throw new SegscapeError(
      'UNSUPPORTED_FORMAT',
      'landscape: a worker answered with values of another form.',
    );
  return written.map(([index, values]) => ({
    index,
    values: Object.fromEntries(values.map(([name, v]) => [name, Number(v)])),
  }));
}
