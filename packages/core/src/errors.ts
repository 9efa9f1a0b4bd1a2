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

/** What was given where an option or a line of a config is refused. */
interface OptionDetails {
  readonly option?: string | undefined;
  /** Names and indices down to the place, where it is not at the top. */
  readonly path?: readonly (string | number)[] | undefined;
  readonly value?: unknown;
  /** The name that was probably meant. */
  readonly nearest?: string | undefined;
}

interface FileDetails {
  readonly path?: string | undefined;
}

/** The fields that errors of a code have beside others; programs read these, never the message. */
interface KnownDetails {
  readonly BAD_OPTION: OptionDetails;
  readonly BAD_CONFIG: OptionDetails;
  readonly CORRUPT_FILE: FileDetails;
  readonly NOT_FOUND: FileDetails;
  /** `reason` is the system's code, `ENOSPC` for instance. */
  readonly NOT_WRITABLE: FileDetails & { readonly reason?: string | undefined };
}

/** The facts of an error's message as fields, by its code. */
export type ErrorDetails<C extends ErrorCode = ErrorCode> = Readonly<Record<string, unknown>> &
  (C extends keyof KnownDetails ? KnownDetails[C] : unknown);

export interface ErrorFacts<C extends ErrorCode = ErrorCode> {
  /** The facts of the message as fields: what was given, what was expected. */
  readonly details?: ErrorDetails<C>;
  readonly cause?: unknown;
}

/**
 * The one error of all packages. The message says where, what was expected, what came, and how to mend it;
 * `code` is stable and tells which `details` there are. Two copies of a package defeat `instanceof`: compare `code`,
 * or use `isSegscapeError`.
 */
export class SegscapeError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'SegscapeError';
  readonly code: C;
  readonly details: ErrorDetails<C>;

  constructor(code: C, message: string, { details, cause }: ErrorFacts<C> = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details ?? ({} as ErrorDetails<C>);
  }
}

/**
 * True for a `SegscapeError` of any copy of this package, optionally of one `code` only.
 * @param error whatever was caught.
 * @param code the code it must have; any without.
 * @returns whether it is one.
 */
export function isSegscapeError<C extends ErrorCode = ErrorCode>(
  error: unknown,
  code?: C,
): error is SegscapeError<C> {
  return (
    error instanceof Error &&
    error.name === 'SegscapeError' &&
    (code === undefined || (error as SegscapeError).code === code)
  );
}

/**
 * Throws `ABORTED` when the signal has fired; call it between the pieces of long work.
 * @param signal may be missing.
 * @param where the function, for the message.
 */
export function throwIfAborted(signal: AbortSignal | undefined, where: string): void {
  if (signal?.aborted)
    throw new SegscapeError('ABORTED', `${where}: stopped by the caller.`, { cause: signal.reason });
}
