import { expect } from 'vitest';

const element = /<(\/?)([a-z]+)((?:\s[\w:-]+="[^"<]*")*\s*\/?)>/gi;
// Control characters, halves of pairs, U+FFFE and U+FFFF cannot stand in XML.
const unreadable = /[^\P{Cc}\t\n\r]|\p{Cs}|[\ufffe\uffff]/u;

/** All elements closed in order, attributes quoted, no characters or numbers that are none: what an XML reader asks for. */
export function assertWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [, close, name, rest] of svg.matchAll(element)) {
    if (close) expect(open.pop()).toBe(name);
    else if (!rest!.endsWith('/')) open.push(name!);
  }
  expect(open).toEqual([]);
  if (/[<>]/.test(svg.replace(/<[^>]*>/g, ''))) throw new Error(`markup that is none: ${svg}`);
  if (unreadable.test(svg)) throw new Error(`characters that are none: ${svg}`);
  // Numbers stand in attributes; a label may say anything.
  const attributes = svg.match(/\s(?:d|x|y|cx|cy|r|width|height|viewBox|transform)="[^"]*"/g) ?? [];
  for (const attribute of attributes)
    if (/NaN|undefined|Infinity|null|e[+-]/.test(attribute)) throw new Error(attribute);
}
