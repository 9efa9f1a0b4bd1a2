import {
  decodeTensors,
  isSegscapeError,
  type PlainTensor,
  SegscapeError,
  type Storage,
} from '@segscape/core';
import { readParams, toParams } from '@segscape/core/params';
import { fromTorch, type Model } from '@segscape/models';
import { dispose } from '@tensorflow/tfjs-core';
import { readFile } from '#read-file';
import type { StudyConfig } from './config/schema.js';

/** What a run's networks began with, as it is recorded. */
export interface InitialRecord {
  readonly weights: string;
  /** Of the file, hexadecimal; absent where the platform has no hashes. */
  readonly sha256?: string;
  /** Parameters that are not in the file, or of another shape there, and began afresh. */
  readonly fresh: readonly string[];
  /** Parameters that no training moves. */
  readonly frozen: readonly string[];
}

type Plain = Readonly<Record<string, PlainTensor>>;

const prefix = 'params/';

/** The parameters of a file: of a run's checkpoint those of its network, of PyTorch's as ours are called. */
async function parametersOf(path: string, bytes: Uint8Array, model: Model): Promise<Plain> {
  if (/\.pth?$/i.test(path)) {
    const { readTorch } = await import('@segscape/models/torch-file');
    const given = readTorch(bytes);
    const params = fromTorch(given, model);
    try {
      return await readParams(params);
    } finally {
      dispose([...Object.values(given), ...Object.values(params)]);
    }
  }
  const { tensors } = decodeTensors(bytes);
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
  return own.length === 0
    ? tensors
    : Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}

const hex = (bytes: ArrayBuffer) =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

async function hashOf(bytes: Uint8Array): Promise<string | undefined> {
  // A page without a secure context has no hashes.
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  return subtle && hex(await subtle.digest('SHA-256', Uint8Array.from(bytes)));
}

/** Names that a pattern means: itself, or with `*` any letters in its place. */
function matching(pattern: string, names: readonly string[]): string[] {
  const escaped = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const whole = new RegExp(`^${escaped.join('.*')}$`);
  const found = names.filter((name) => whole.test(name));
  if (found.length > 0) return found;
  throw new SegscapeError(
    'BAD_CONFIG',
    `config: training.initialise.freeze: '${pattern}' is no parameter of the model, whose are ${names.slice(0, 3).join(', ')}, …; 'encoder.*' freezes all that begin with 'encoder.'.`,
    { details: { option: 'freeze', value: pattern } },
  );
}

/**
 * The network with the weights of a file for its beginning, and the named ones frozen. What the file lacks, or has in another
 * shape (a head for other classes), begins afresh.
 * @throws {SegscapeError} `NOT_FOUND`; `BAD_CONFIG` when no parameter fits, or a name to freeze is not known; what a damaged file throws.
 */
export async function initialised(
  { training: { initialise } }: StudyConfig,
  model: Model,
): Promise<{ readonly model: Model; readonly record?: InitialRecord }> {
  if (initialise === undefined) return { model };
  const { weights, freeze = [] } = initialise;
  const names = Object.keys(model.shapes);
  const frozen = new Set(freeze.flatMap((pattern) => matching(pattern, names)));
  const bytes = await readFile(weights);
  const sha256 = await hashOf(bytes);
  const given = await parametersOf(weights, bytes, model);
  const fits = (name: string) => given[name]?.shape.join() === model.shapes[name]!.join();
  const taken = Object.fromEntries(names.filter(fits).map((name) => [name, given[name]!]));
  if (Object.keys(taken).length === 0)
    throw new SegscapeError(
      'BAD_CONFIG',
      `config: training.initialise: nothing of '${weights}' fits the model: it has ${Object.keys(given).slice(0, 3).join(', ')}, …, the model ${names.slice(0, 3).join(', ')}, …. Give weights of such a network.`,
      { details: { option: 'weights', value: weights } },
    );
  // Made from it, not copied: a network of one's own may be an instance of a class.
  const begun = Object.assign(Object.create(model) as Model, {
    init(seed: number) {
      const fresh = model.init(seed);
      const known = toParams(taken);
      dispose(Object.keys(known).map((name) => fresh[name]!));
      return { ...fresh, ...known };
    },
    isTrainable: (name: string) => !frozen.has(name) && model.isTrainable(name),
  });
  const record = {
    weights,
    ...(sha256 !== undefined && { sha256 }),
    fresh: names.filter((name) => !fits(name)),
    frozen: [...frozen],
  };
  return { model: begun, record };
}

/**
 * Lets no run go on from other weights than it began with.
 * @throws {SegscapeError} `BAD_CONFIG`.
 */
export async function assertSameStart(storage: Storage, now: InitialRecord | undefined): Promise<void> {
  if (now?.sha256 === undefined) return;
  let before: { readonly initial?: InitialRecord };
  try {
    before = JSON.parse(new TextDecoder().decode(await storage.read('model.json'))) as typeof before;
  } catch (error) {
    if (isSegscapeError(error, 'NOT_FOUND')) return;
    throw error;
  }
  const known = before.initial?.sha256;
  if (known === undefined || known === now.sha256) return;
  throw new SegscapeError(
    'BAD_CONFIG',
    `runStudy: '${now.weights}' is not the file that the run began with (its SHA-256 was ${known.slice(0, 12)}…, is ${now.sha256.slice(0, 12)}…). Restore it, or begin a new run.`,
    { details: { option: 'weights', value: now.weights } },
  );
}
