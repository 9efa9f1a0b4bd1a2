// Compiles assembly/*.ts to WebAssembly and writes the bytes into src/kernel-bytes.ts:
// node scripts/build-kernels.mjs [--check], which only compares.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = new URL('../src/kernel-bytes.ts', import.meta.url);
const modules = { lines: 'lineBytes', 'warp-bytes': 'warpUint8Bytes', 'warp-floats': 'warpFloat32Bytes' };

async function compiled(name) {
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

const lines = [
  '// Made by scripts/build-kernels.mjs from assembly/*.ts; do not edit.',
  '// biome-ignore-all format: long words',
];
for (const [name, constant] of Object.entries(modules))
  lines.push('', `export const ${constant} =`, `  '${await compiled(name)}';`);
const text = `${lines.join('\n')}\n`;

if (!process.argv.includes('--check')) await writeFile(target, text);
else if ((await readFile(target, 'utf8')) !== text) {
  console.error('src/kernel-bytes.ts is not what assembly/*.ts compiles to: node scripts/build-kernels.mjs');
  process.exitCode = 1;
}
