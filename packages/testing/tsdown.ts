import { defineConfig, type UserConfig } from 'tsdown';

/** How every library is built: ESM for Node and browsers alike, types beside it, dependencies left outside. */
export function library(entry: string[] | Record<string, string>, options: UserConfig = {}): UserConfig {
  return defineConfig({
    entry,
    format: 'esm',
    platform: 'neutral',
    fixedExtension: false,
    dts: true,
    clean: true,
    sourcemap: false,
    ...options,
  }) as UserConfig;
}
