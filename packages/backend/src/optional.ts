/**
 * A package that could not be imported. An import that bundlers follow stands in a `try` of its own: that is how webpack
 * and esbuild know that the package may be missing, and let the application be built without it.
 */
export class NotImported extends Error {
  constructor(name: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
    super(reason.includes(name) ? reason : `${name} could not be imported: ${reason}`, { cause });
  }
}

/** An import that neither bundlers nor the type checker follow: these packages are often not there. */
export const optional = (specifier: string): Promise<Record<string, unknown>> =>
  import(/* @vite-ignore */ specifier);
