// Bundles the report's own script and puts it and its style as texts with their hashes into dist/page-text.js.
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));

const bundle = await rolldown({
  input: `${root}/src/page/main.ts`,
  platform: 'browser',
  resolve: { conditionNames: ['@segscape/source', 'browser', 'import', 'default'] },
});
const { output } = await bundle.generate({ format: 'iife', minify: true });
await bundle.close();

/** What a module of ours exports, from its source. */
async function exportsOf(path) {
  const parts = await rolldown({
    input: `${root}/${path}`,
    platform: 'neutral',
    resolve: { conditionNames: ['@segscape/source', 'import', 'default'], mainFields: ['module', 'main'] },
  });
  const { code } = (await parts.generate({ format: 'esm' })).output[0];
  await parts.close();
  return import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
}

// The colours of the losses come from the code that draws figures with them, the style of the parts from the parts.
const { lossStyle } = await exportsOf('src/sections/markup.ts');
const { partsStyle } = await exportsOf('src/page/parts-style.ts');

const style = (await readFile(`${root}/src/page/style.css`, 'utf8')).replace(/\n\s*/g, '\n');

// A parser turns these into others, and the hash would be another's.
const asParsed = (text) => text.replace(/\r\n?/g, '\n').replaceAll('\0', '\\0');
// Inside a page, a script ends at the first closing tag, wherever it stands.
const inPage = (script) => script.replace(/<(\/script|!--)/gi, '<\\$1');
const inline = (text) => {
  const parsed = asParsed(text).trim();
  return { text: parsed, sha256: createHash('sha256').update(parsed, 'utf8').digest('base64') };
};
const texts = {
  pageScript: inline(inPage(output[0].code)),
  pageStyle: inline(lossStyle() + partsStyle + style),
};
const lines = Object.entries(texts).map(
  ([name, text]) => `export const ${name} = ${JSON.stringify(text)};\n`,
);

await mkdir(`${root}/dist`, { recursive: true });
await writeFile(`${root}/dist/page-text.js`, lines.join(''));
