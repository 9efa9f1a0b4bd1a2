import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const files = readdirSync(new URL('../../../.changeset', import.meta.url)).filter((file) =>
  file.endsWith('.md'),
);

test.skipIf(files.length === 0)('every changeset names a package of ours, and says what changed', () => {
  for (const file of files) {
    // The front matter that `changeset version` reads; formatters have taken it for a heading.
    const form = /^---\n'([^'\n]+)': (?:patch|minor|major)\n---\n\n\S/;
    const content = read(`.changeset/${file}`);
    expect(content, file).toMatch(form);
    const name = form.exec(content)![1]!;
    const folder = name.replace('@segscape/', '');
    expect(JSON.parse(read(`packages/${folder}/package.json`)), file).toMatchObject({ name });
  }
});
