export type BundleKind = 'node' | 'node, engine outside' | 'reference' | 'browser';
export declare function bundleEntry(entry: string, kind?: BundleKind): Promise<string>;
