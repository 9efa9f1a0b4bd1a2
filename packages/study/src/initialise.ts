import { encodeTensors, type PlainTensor, SegscapeError, type Storage } from '@segscape/core';
import { readParams, toParams } from '@segscape/core/params';
import type { Model } from '@segscape/models';
import { dispose } from '@tensorflow/tfjs-core';
import { readFile, runAt } from '#read-file';
import { chosenNetwork } from './chosen-network.js';
import type { StudyConfig } from './config/schema.js';
import type { InitialRecord } from './initial-record.js';
import type { StudyRegistry } from './kinds/registry.js';
import { soundJson } from './plan/recorded-json.js';
import { parametersOf } from './weights-file.js';

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

/** What a training begins with: weights of a file, or of a network of a run, and their hash. */
async function givenWeights(
  { weights, loss, seed }: NonNullable<StudyConfig['training']['initialise']>,
  model: Model,
  registry: StudyRegistry,
): Promise<{ readonly given: Readonly<Record<string, PlainTensor>>; readonly sha256: string | undefined }> {
  const run = await runAt(weights);
  if (run === undefined) {
    const alone = loss === undefined ? seed : loss;
    if (alone !== undefined)
      throw new SegscapeError(
        'BAD_CONFIG',
        `config: training.initialise: '${weights}' is no folder of a run, of which ${loss === undefined ? 'seed' : 'loss'} (${alone}) would choose a network. Leave it out.`,
        { details: { option: loss === undefined ? 'seed' : 'loss', value: alone } },
      );
    const bytes = await readFile(weights);
    return { given: await parametersOf(weights, bytes, model), sha256: await hashOf(bytes) };
  }
  const { params } = await chosenNetwork(run, {
    registry,
    ...(loss !== undefined && { loss }),
    ...(seed !== undefined && { seed }),
  });
  try {
    const given = await readParams(params);
    return { given, sha256: await hashOf(encodeTensors(given)) };
  } finally {
    dispose(params);
  }
}

/**
 * The network with the weights of a file for its beginning, and the named ones frozen. What the file lacks, or has in another
 * shape (a head for other classes), begins afresh.
 * @throws {SegscapeError} `NOT_FOUND`; `BAD_CONFIG` when no parameter fits, or a name to freeze is not known; what a damaged file throws.
 */
export async function initialised(
  { training: { initialise } }: StudyConfig,
  model: Model,
  registry: StudyRegistry,
): Promise<{ readonly model: Model; readonly record?: InitialRecord }> {
  if (initialise === undefined) return { model };
  const { weights, freeze = [] } = initialise;
  const names = Object.keys(model.shapes);
  const frozen = new Set(freeze.flatMap((pattern) => matching(pattern, names)));
  const { given, sha256 } = await givenWeights(initialise, model, registry);
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
  const before = await soundJson<{ readonly initial?: InitialRecord }>(storage, 'model.json');
  const known = before?.initial?.sha256;
  if (known === undefined || known === now.sha256) return;
  throw new SegscapeError(
    'BAD_CONFIG',
    `runStudy: '${now.weights}' is not the file that the run began with (its SHA-256 was ${known.slice(0, 12)}…, is ${now.sha256.slice(0, 12)}…). Restore it, or begin a new run.`,
    { details: { option: 'weights', value: now.weights } },
  );
}
