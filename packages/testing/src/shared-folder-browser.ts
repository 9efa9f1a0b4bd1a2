/** A page reads no folders: tests of shared data run in Node. */
export const sharedFolder = (_name: string): string | undefined => undefined;
