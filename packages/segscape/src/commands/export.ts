import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SegscapeError } from '@segscape/core';
import type { fsStorage } from '@segscape/runs/node';
import { bioimageioPackage, exportOnnx, readModelRecord } from '@segscape/study';
import { prepareBackend } from '../backend.js';
import { makeFolder, writeNew } from '../new-file.js';
import { assertOnlyWith } from '../only-with.js';
import { registryOf } from '../plugins.js';
import { runStorage } from '../run-storage.js';
import { exportNumbers, type RunExportOptions } from './export-run.js';

export interface ExportOptions extends RunExportOptions {
  readonly onnx?: string;
  readonly bioimageio?: string;
  readonly author?: readonly string[];
  readonly license?: string;
  readonly name?: string;
  readonly channels?: string;
  readonly probabilities?: boolean;
  readonly normalized?: boolean;
  readonly loss?: string;
  readonly seed?: number;
  readonly fold?: number;
}

/** Of a file, as people say it. */
const sizeText = (bytes: number): string =>
  bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;

/**
 * `segscape export`: a trained network for other tools, as an ONNX file or a package of the bioimage.io model zoo; or the
 * numbers of a run, as CSV or for MLflow.
 */
export async function exportModel(model: string, options: ExportOptions): Promise<number> {
  const { onnx, bioimageio, csv, mlflow, loss, seed, fold } = options;
  const network = onnx !== undefined || bioimageio !== undefined;
  const numbers = csv !== undefined || mlflow !== undefined;
  if (network === numbers || (onnx !== undefined && bioimageio !== undefined))
    throw new SegscapeError(
      'BAD_OPTION',
      'export: say what to write: a network by --onnx FILE, or by --bioimageio DIR as a package of the bioimage.io model zoo; or scores and histories by --csv DIR, --mlflow DIR.',
    );
  assertOnlyWith('export', options, [
    [['author', 'license', 'name'], 'a package (--bioimageio)', bioimageio !== undefined],
    [['channels', 'probabilities', 'normalized'], 'an ONNX model (--onnx)', onnx !== undefined],
    [['loss', 'seed', 'fold'], 'a network (--onnx, --bioimageio)', network],
  ]);
  if (numbers) return exportNumbers(model, options);
  await prepareBackend({ backend: 'native' });
  const storage = runStorage('export', model);
  const choice = {
    registry: await registryOf(storage, resolve(model)),
    ...(loss !== undefined && { loss }),
    ...(seed !== undefined && { seed }),
    ...(fold !== undefined && { fold }),
  };
  if (bioimageio !== undefined) return writePackage(resolve(bioimageio), options, storage, choice);
  const { channels = 'last', probabilities = false, normalized = false } = options;
  const bytes = await exportOnnx(storage, {
    ...choice,
    channels: channels as 'last' | 'first',
    output: probabilities ? 'probabilities' : 'logits',
    normalized,
  });
  await writeNew([[onnx!, bytes]], { where: 'export', advice: 'choose another file' });
  const { volumes = false } = await readModelRecord(storage);
  const space = volumes ? 'depth, height, width' : 'height, width';
  const axes = channels === 'first' ? `batch, channels, ${space}` : `batch, ${space}, channels`;
  process.stdout.write(
    `${resolve(onnx!)}: ${sizeText(bytes.length)}, input images [${axes}], output ${probabilities ? 'probabilities' : 'logits'}.\n`,
  );
  return 0;
}

async function writePackage(
  folder: string,
  { author = [], license, name }: ExportOptions,
  storage: ReturnType<typeof fsStorage>,
  choice: Parameters<typeof exportOnnx>[1],
): Promise<number> {
  if (author.length === 0)
    throw new SegscapeError(
      'BAD_OPTION',
      'export: a model description names its authors. Give --author "NAME", once for each.',
    );
  const files = await bioimageioPackage(storage, {
    ...choice,
    authors: author.map((each) => ({ name: each })),
    ...(license !== undefined && { license }),
    ...(name !== undefined && { name }),
  });
  const taken = Object.keys(files).filter((file) => existsSync(join(folder, file)));
  if (taken.length > 0)
    throw new SegscapeError(
      'NOT_WRITABLE',
      `export: '${folder}' has ${taken.join(', ')} already, and nothing is overwritten. Choose another folder.`,
    );
  const words = { where: 'export', advice: 'choose another folder' };
  await makeFolder(folder, words);
  await writeNew(
    Object.entries(files).map(([file, bytes]) => [join(folder, file), bytes] as const),
    words,
  );
  process.stdout.write(`${folder}: ${Object.keys(files).join(', ')}\n`);
  return 0;
}
