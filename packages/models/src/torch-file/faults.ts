import { SegscapeError } from '@segscape/core';

/** Bytes that cannot be what they say. */
export const corrupt = (what: string, details: Readonly<Record<string, unknown>> = {}) =>
  new SegscapeError(
    'CORRUPT_CHECKPOINT',
    `readTorch: ${what}. The file is damaged or was cut off: save or fetch it again.`,
    { details },
  );

/** A sound file that is not ours to read. */
export const unsupported = (what: string, details: Readonly<Record<string, unknown>> = {}) =>
  new SegscapeError(
    'UNSUPPORTED_FORMAT',
    `readTorch: ${what}. Save the state dict alone, torch.save(model.state_dict(), 'weights.pt'), or write safetensors.`,
    { details },
  );
