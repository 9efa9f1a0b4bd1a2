import {
  assertOption,
  decodeTensors,
  encodeTensors,
  isSegscapeError,
  isTensor,
  type PlainTensor,
  SegscapeError,
} from '@segscape/core';
import { readParams } from '@segscape/core/params';
import type { Tensor } from '@tensorflow/tfjs-core';
import { crc32c } from './crc32c.js';

/** What a checkpoint says about itself: anything that JSON can hold. */
export type CheckpointMetadata = Readonly<Record<string, unknown>>;

export interface Checkpoint {
  /** Values in host memory; `toParams` of `@segscape/core/params` makes tensors of them. */
  readonly tensors: Record<string, PlainTensor>;
  readonly metadata: CheckpointMetadata;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  new Uint8Array(buffer, byteOffset, byteLength);

const format = 'segscape-checkpoint-1';

/** CRC-32C over format, metadata, names, shapes, types and values. */
function checksum(tensors: Readonly<Record<string, PlainTensor>>, metadata: string): string {
  const names = Object.entries(tensors).map(([name, { dtype, shape }]) => [name, dtype, shape]);
  let crc = crc32c(new TextEncoder().encode(JSON.stringify([format, metadata, names])));
  for (const { data } of Object.values(tensors)) crc = crc32c(bytesOf(data), crc);
  return `crc32c:${crc.toString(16).padStart(8, '0')}`;
}

/**
 * A checkpoint as safetensors bytes, with its metadata (JSON) and a checksum in the header.
 * @param tensors of any shape, by name, on a backend or in host memory; they stay the caller's.
 * @param metadata anything that JSON can hold. Default `{}`.
 * @returns the bytes of a `.safetensors` file.
 * @throws {SegscapeError} `BAD_OPTION` for what is no tensor, and for metadata that JSON cannot hold; `SHAPE_MISMATCH` for data of another
 *   size than their shape.
 */
export async function encodeCheckpoint(
  tensors: Readonly<Record<string, Tensor | PlainTensor>>,
  metadata: CheckpointMetadata = {},
): Promise<Uint8Array> {
  const plain: Record<string, PlainTensor> = {};
  for (const [name, value] of Object.entries(tensors)) {
    const must = 'be a tensor, or { dtype, shape, data }';
    assertOption(isTensor(value) || ArrayBuffer.isView(value?.data), 'encodeCheckpoint', name, value, must);
    plain[name] = isTensor(value) ? (await readParams({ [name]: value }))[name]! : value;
  }
  const text = jsonOf(metadata);
  return encodeTensors(plain, {
    format,
    segscape: text,
    checksum: checksum(plain, text),
  });
}

function jsonOf(metadata: CheckpointMetadata): string {
  try {
    return JSON.stringify(metadata);
  } catch (cause) {
    throw new SegscapeError(
      'BAD_OPTION',
      `encodeCheckpoint: metadata must be what JSON can hold: ${(cause as Error).message}.`,
      { details: { option: 'metadata' }, cause },
    );
  }
}

export const damagedCheckpoint = (path: string, why: string, cause?: unknown): SegscapeError =>
  new SegscapeError(
    'CORRUPT_CHECKPOINT',
    `'${path}' is damaged (${why}) and was not used. Remove it and resume from an earlier checkpoint.`,
    { details: { path }, cause },
  );

/**
 * Reads a checkpoint and proves it whole.
 * @param bytes of a file that `encodeCheckpoint` made.
 * @param path named in the error.
 * @returns the tensors in host memory, by name, and the metadata.
 * @throws {SegscapeError} `CORRUPT_CHECKPOINT` when it is truncated, altered or of another format.
 */
export function decodeCheckpoint(bytes: Uint8Array, path: string): Checkpoint {
  const corrupt = (why: string, cause?: unknown) => damagedCheckpoint(path, why, cause);
  let decoded: ReturnType<typeof decodeTensors>;
  try {
    decoded = decodeTensors(bytes);
  } catch (error) {
    throw corrupt(isSegscapeError(error) ? error.message.replace(/\.$/, '') : 'unreadable header', error);
  }
  const { checksum: expected, segscape } = decoded.metadata;
  if (decoded.metadata.format !== format || expected === undefined || segscape === undefined)
    throw corrupt('its header is altered, or another program wrote it');
  const got = checksum(decoded.tensors, segscape);
  if (got !== expected) throw corrupt(`checksum ${got}, expected ${expected}`);
  return { tensors: decoded.tensors, metadata: JSON.parse(segscape) as CheckpointMetadata };
}
