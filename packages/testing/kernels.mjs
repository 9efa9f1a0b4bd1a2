// Kernels in AssemblyScript: compiled, and kept as base64 in a module of constants, so that packages bring no files of their own.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

async function compiled(root, name) {
  let bytes;
  const options = ['--runtime', 'stub', '--enable', 'simd', '-O3', '--noAssert', '--outFile', 'out.wasm'];
  const { error, stderr } = await asc.main([`assembly/${name}.ts`, '--baseDir', root, ...options], {
    writeFile: (_, contents) => {
      bytes = contents;
    },
  });
  if (error) throw new Error(`assembly/${name}.ts: ${error.message}\n${stderr.toString()}`);
  // What a browser's main thread compiles while the page waits.
  if (bytes.length >= 4096) throw new Error(`assembly/${name}.ts: ${bytes.length} bytes, more than 4,095.`);
  return Buffer.from(bytes).toString('base64');
}

/**
 * Writes the bytes of a package's kernels into a module of constants; with `--check` on the command line it only compares, and
 * sets the exit code.
 *
 * @param {URL} folder of the package.
 * @param {string} target the module, from there on.
 * @param {Readonly<Record<string, string>>} kernels name of each file in `assembly/`, and of its constant.
 */
export async function writeKernels(folder, target, kernels) {
  const lines = [
    '// Made by scripts/build-kernels.mjs from assembly/*.ts; do not edit.',
    '// biome-ignore-all format: long words',
  ];
  for (const [name, constant] of Object.entries(kernels))
    lines.push('', `export const ${constant} =`, `  '${await compiled(fileURLToPath(folder), name)}';`);
  const text = `${lines.join('\n')}\n`;
  const file = new URL(target, folder);
  if (!process.argv.includes('--check')) await writeFile(file, text);
  else if ((await readFile(file, 'utf8')) !== text) {
    console.error(`${target} is not what assembly/*.ts compiles to: node scripts/build-kernels.mjs`);
    process.exitCode = 1;
  }
}
