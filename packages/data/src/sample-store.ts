/** Where prepared samples are kept, by key. */
export interface SampleStore {
  /** `undefined` when there is none. */
  read(key: string): Promise<Uint8Array | undefined>;
  write(key: string, bytes: Uint8Array): Promise<void>;
}
