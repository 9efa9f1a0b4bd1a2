/** Markup that is safe where it stands: made by `html`, or said to be so by `unescaped`; no JSON can hold one. */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in an `html` template: text and numbers are escaped, nothing is nothing, lists are joined. */
export type HtmlPart = Html | string | number | undefined | readonly HtmlPart[];

const entities = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
  // A parser makes other line breaks of these.
  ['\r', '&#13;'],
]);

// Control characters, halves of pairs and the two non-characters: XML allows none of them, and HTML reads them as others.
const unreadable = /[\p{Cc}\p{Cs}\ufffe\uffff]/gu;

/** Text made safe for HTML and SVG, in content and in quoted attributes; what no XML can hold becomes U+FFFD. */
export const escapeText = (text: unknown): string =>
  String(text)
    .replace(unreadable, (character) => (/[\t\n\r]/.test(character) ? character : '\ufffd'))
    .replace(/[&<>"'\r]/g, (character) => entities.get(character)!);

/**
 * Markup from a template: every interpolation is escaped, unless it is markup itself. Attributes must be quoted.
 *
 *     html`<td title="${name}">${rows.map((row) => html`<b>${row}</b>`)}</td>`
 */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return new Html(strings.map((text, i) => text + (i < parts.length ? textOf(parts[i]) : '')).join(''));
}

function textOf(part: HtmlPart): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.toString();
  return Array.isArray(part) ? part.map(textOf).join('') : escapeText(part);
}

/** Declares that a text is markup already: only for what the build made, never for what a run holds. */
export const unescaped = (text: string): Html => new Html(text);

/** No markup at all. */
export const nothing = unescaped('');

/** Whether there is anything to see. */
export const isEmpty = (markup: Html): boolean => markup.toString() === '';
