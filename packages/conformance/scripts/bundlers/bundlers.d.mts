export declare const bundlers: Readonly<
  Record<'vite' | 'webpack' | 'esbuild' | 'rollup', (root: string) => Promise<void>>
>;
export declare function builtCode(root: string): Promise<string>;
export declare function serveWithVite(
  root: string,
): Promise<{ readonly modules: readonly string[]; readonly failed: readonly string[] }>;
