/** Where a run is kept: a folder, a browser's private file system, or memory. Paths are relative, with `/`. */
export interface Storage {
  /** The whole file. Rejects with `NOT_FOUND` when there is none. */
  read(path: string): Promise<Uint8Array>;
  /** Replaces the file atomically: after a crash it is the old one or the new one. Folders are made as needed. */
  write(path: string, content: Uint8Array | string): Promise<void>;
  /** Adds to the end of the file, making it when there is none. */
  append(path: string, content: Uint8Array | string): Promise<void>;
  /** Paths of all files under a folder (`''` for all), sorted. */
  list(folder: string): Promise<string[]>;
  /** Removes the file; not an error when there is none. */
  remove(path: string): Promise<void>;
  /**
   * Keeps every other writer out until the result is called; a storage that only one program can reach has none. Rejects with
   * `NOT_WRITABLE`, naming who holds it.
   */
  lock?(): Promise<() => Promise<void>>;
  /** Bytes that can still be written; a storage that cannot tell has none of this, or gives undefined. */
  free?(): Promise<number | undefined>;
}
