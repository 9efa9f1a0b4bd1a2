import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { useBackend } from '@segscape/backend';
import { SegscapeError } from '@segscape/core';
import { fsStorage } from '@segscape/runs/node';
import { exportOnnx } from '@segscape/study';
import { registryOf } from '../plugins.js';

export interface ExportOptions {
  readonly onnx: string;
  readonly loss?: string;
  readonly seed?: number;
}

/** `segscape export --onnx`: a trained network for any ONNX tool. */
export async function exportModel(model: string, { onnx, loss, seed }: ExportOptions): Promise<number> {
  await useBackend('cpu');
  const storage = fsStorage(resolve(model));
  const bytes = await exportOnnx(storage, {
    registry: await registryOf(storage, resolve(model)),
    ...(loss !== undefined && { loss }),
    ...(seed !== undefined && { seed }),
  });
  await writeFile(onnx, bytes).catch((cause: unknown) => {
    throw new SegscapeError(
      'NOT_WRITABLE',
      `export: '${onnx}' cannot be written (${(cause as Error).message}).`,
      { cause },
    );
  });
  process.stdout.write(
    `${resolve(onnx)}: ${(bytes.length / 1e6).toFixed(1)} MB, input images [batch, height, width, channels], output logits.\n`,
  );
  return 0;
}
