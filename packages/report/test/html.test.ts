import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { escapeText, html, isEmpty, nothing, unescaped } from '../src/html.js';

describe('html', () => {
  test('escapes what is interpolated, and what is markup already stays', () => {
    const row = (text: string) => html`<b title="${text}">${text}</b>`;
    expect(html`<p>${[row('<"&\'>'), ' & ', 7, undefined, nothing]}</p>`.toString()).toBe(
      '<p><b title="&lt;&quot;&amp;&#39;&gt;">&lt;&quot;&amp;&#39;&gt;</b> &amp; 7</p>',
    );
  });
  test('what only looks like markup is none', () => {
    const forged = { toString: () => '<script>' } as unknown as string;
    expect(html`${forged}`.toString()).toBe('&lt;script&gt;');
  });
  test('no text opens a tag, ends an attribute or holds what XML cannot', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeText(text);
        if (/[<>"'\r]|&(?!(?:amp|lt|gt|quot|#39|#13);)/.test(escaped)) throw new Error(escaped);
        if (/[^\P{Cc}\t\n]|\p{Cs}|[\ufffe\uffff]/u.test(escaped)) throw new Error(escaped);
      }),
      { numRuns: 3_000 },
    ));
  test('isEmpty', () =>
    expect([isEmpty(nothing), isEmpty(html`${''}`), isEmpty(unescaped(' '))]).toEqual([true, true, false]));
});

/** Every text of a file that holds a tag or a closing one, with how it is written. */
function markupIn(name: string, text: string): { readonly text: string; readonly by: string }[] {
  const found: { text: string; by: string }[] = [];
  const visit = (node: ts.Node): void => {
    const isText = ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
    if (isText && /<[/a-z!]/i.test(node.getText(file)) && !ts.isImportDeclaration(node.parent)) {
      const by = ts.isTaggedTemplateExpression(node.parent)
        ? node.parent.tag.getText(file)
        : ts.isPropertyAssignment(node.parent)
          ? node.parent.name.getText(file)
          : 'text';
      found.push({ text: node.getText(file), by });
    }
    ts.forEachChild(node, visit);
  };
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  visit(file);
  return found;
}

describe('the source', () => {
  const folders = ['.', 'sections', 'page', 'figures', 'data', 'pictures', 'privacy'];
  const files = folders.flatMap((folder) => {
    const url = new URL(`../src/${folder}/`, import.meta.url);
    return readdirSync(url)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => [`${folder}/${name}`, readFileSync(new URL(name, url), 'utf8')] as const);
  });
  const written = files.flatMap(([name, text]) => markupIn(name, text).map((entry) => ({ name, ...entry })));

  test('markup is written by templates that escape', () => {
    expect(written.length).toBeGreaterThan(40);
    // Elements of figures are put together in one place.
    const others = written.filter(({ by }) => by !== 'html').map(({ name, by }) => `${name} ${by}`);
    expect([...new Set(others)]).toEqual(['figures/svg.ts text']);
  });
  test('attributes are quoted, none is a style or a handler', () => {
    const careless = /=\$\{|\s(?:style|on[a-z]+)=/;
    expect(written.filter(({ by, text }) => by === 'html' && careless.test(text))).toEqual([]);
  });
  test('only what the build made, JSON and elements of figures are declared markup', () =>
    expect(
      files.filter(([, text]) => /\bunescaped\((?!text: string)/.test(text)).map(([name]) => name),
    ).toEqual(['./html.ts', './page-html.ts', 'figures/svg.ts']));
});
