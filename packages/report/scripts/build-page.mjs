// Bundles the report's own script and puts it, its style and plotly as texts with their hashes into dist/page.js.
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

const bundle = await rolldown({
  input: `${root}/src/page/main.ts`,
  platform: 'browser',
  resolve: { conditionNames: ['@segscape/source', 'browser', 'import', 'default'] },
});
const { output } = await bundle.generate({ format: 'iife', minify: true });
await bundle.close();

// The colours of the losses come from the code that draws figures with them.
const colours = await rolldown({
  input: `${root}/src/sections/markup.ts`,
  platform: 'neutral',
  resolve: { conditionNames: ['@segscape/source', 'import', 'default'], mainFields: ['module', 'main'] },
});
const module = (await colours.generate({ format: 'esm' })).output[0].code;
await colours.close();
const { lossStyle } = await import(`data:text/javascript;base64,${Buffer.from(module).toString('base64')}`);

const style = (await readFile(`${root}/src/page/style.css`, 'utf8')).replace(/\n\s*/g, '\n');
const plotly = await readFile(require.resolve('plotly.js-gl3d-dist-min'), 'utf8');

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
  pageStyle: inline(lossStyle() + style),
  plotlyScript: inline(inPage(plotly)),
};
const lines = Object.entries(texts).map(
  ([name, text]) => `export const ${name} = ${JSON.stringify(text)};\n`,
);

await mkdir(`${root}/dist`, { recursive: true });
await writeFile(`${root}/dist/page.js`, lines.join(''));
