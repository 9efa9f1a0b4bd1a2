// Bundles the report's own script and puts it, its style and plotly as texts into dist/page.js.
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

const style = (await readFile(`${root}/src/page/style.css`, 'utf8')).replace(/\n\s*/g, '\n');
const plotly = await readFile(require.resolve('plotly.js-gl3d-dist-min'), 'utf8');

// Inside a page, a script ends at the first closing tag, wherever it stands.
const inPage = (script) => script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--').trim();
const texts = { pageScript: inPage(output[0].code), pageStyle: style.trim(), plotlyScript: inPage(plotly) };
const lines = Object.entries(texts).map(
  ([name, text]) => `export const ${name} = ${JSON.stringify(text)};\n`,
);

await mkdir(`${root}/dist`, { recursive: true });
await writeFile(`${root}/dist/page.js`, lines.join(''));
