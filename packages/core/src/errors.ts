/** Stable names of what can go wrong; programs recognise an error by its code, never by its message. */
export type ErrorCode =
  | 'SHAPE_MISMATCH'
  | 'BAD_OPTION'
  | 'BAD_CONFIG'
  /** A damaged image file. */
  | 'UNREADABLE_IMAGE'
  /** A sound file in a form that is not ours to read. */
  | 'UNSUPPORTED_FORMAT'
  | 'MASK_SIZE_MISMATCH'
  | 'MASK_VALUE_UNKNOWN'
  | 'PAIR_MISSING'
  | 'EMPTY_DATASET'
  | 'BACKEND_UNAVAILABLE'
  | 'UNSUPPORTED_KERNEL'
  | 'NOT_TRACEABLE'
  | 'PREPARE_NEEDED'
  | 'CORRUPT_CHECKPOINT'
  | 'CORRUPT_FILE'
  | 'NOT_FOUND'
  | 'NOT_WRITABLE'
  | 'NOT_FINITE'
  | 'ABORTED';

export interface ErrorFacts {
  /** The facts of the message as fields: what was given, what was expected. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * The one error of all packages. The message says where, what was expected, what came, and how to mend it;
 * `code` is stable. Two copies of a package defeat `instanceof`: compare `code`, or use `isSegscapeError`.
 */
export class SegscapeError extends Error {
  override readonly name = 'SegscapeError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, { details = {}, cause }: ErrorFacts = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}

/** True for a `SegscapeError` of any copy of this package, optionally of one `code` only. */
export function isSegscapeError(error: unknown, code?: ErrorCode): error is SegscapeError {
  return (
    error instanceof Error &&
    error.name === 'SegscapeError' &&
    (code === undefined || (error as SegscapeError).code === code)
  );
}

/** Throws `ABORTED` when the signal has fired; call it between the pieces of long work. */
export function throwIfAborted(signal: AbortSignal | undefined, where: string): void {
  if (signal?.aborted)
    throw new SegscapeError('ABORTED', `${where}: stopped by the caller.`, { cause: signal.reason });
}
