import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const readme = (packageRoot: URL) => readFileSync(new URL('README.md', packageRoot), 'utf8');

/** The first block of a language in a package's README. */
export function readmeBlock(packageRoot: URL, language: 'ts' | 'yaml'): string {
  const code = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(readme(packageRoot))?.[1];
  if (code === undefined) throw new Error(`${packageRoot.pathname}README.md has no ${language} block.`);
  return code;
}

/**
 * Runs the example of a package's README as a module and gives what it exports.
 * @param packageRoot `new URL('..', import.meta.url)` in a test of the package.
 */
export async function runReadme(packageRoot: URL): Promise<Record<string, unknown>> {
  // Below the package's node_modules, so that its imports resolve as a user's would.
  const folder = fileURLToPath(new URL('node_modules/.readme', packageRoot));
  mkdirSync(folder, { recursive: true });
  const file = `${folder}/example.mts`;
  writeFileSync(file, readmeBlock(packageRoot, 'ts'));
  return (await import(/* @vite-ignore */ file)) as Record<string, unknown>;
}
