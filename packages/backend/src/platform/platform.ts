/** Versions of an installed package. */
export interface Versions {
  readonly own?: string;
  /** Of the `@tensorflow/tfjs-core` that it finds. */
  readonly core?: string;
}

/** What differs between Node and a browser. */
export interface Platform {
  /** The processor, as far as it may be told. */
  processor(): string;
  /** Nothing where a package is not installed, or cannot be asked. */
  versionsOf(packageName: string): Versions;
  /** Names this machine and what is installed: measurements made under another name do not count. */
  machine(packageNames: readonly string[]): string;
  /** What {@link write} kept; undefined where nothing was, or where it cannot be read. */
  read(): Promise<string | undefined>;
  /** Keeps a text for the next process or page; does nothing where that is not allowed. */
  write(text: string): Promise<void>;
}
