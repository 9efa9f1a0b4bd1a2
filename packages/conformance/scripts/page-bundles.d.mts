export const pagePackages: readonly string[];
export const pageNames: Readonly<Record<string, string>>;
export const bundleFolder: string;
export function mainEntry(name: string): Promise<string>;
export function bundleForPage(
  input: string,
  name?: string,
): Promise<{ readonly eager: string; readonly lazy: string; readonly outside: readonly string[] }>;
export function writePageBundles(names?: readonly string[]): Promise<void>;
