import { SegscapeError } from '@segscape/core';

/** Bytes that cannot be what they say. */
export const damaged = (what: string, cause?: unknown) =>
  new SegscapeError(
    'CORRUPT_CHECKPOINT',
    `onnxModel: ${what}. The file is no ONNX model, is damaged or was cut off: export or fetch it again.`,
    { cause },
  );

/** A sound model that is not ours to run. */
export const unsupported = (what: string, advice: string, details: Readonly<Record<string, unknown>> = {}) =>
  new SegscapeError('UNSUPPORTED_FORMAT', `onnxModel: ${what}. ${advice}`, { details });
