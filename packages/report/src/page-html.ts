import type { InlineText } from '#page';
import { type Html, html, unescaped } from './html.js';
import { navigationHtml, type Section, sectionHtml } from './sections/markup.js';

/** What a page of a report is made of. */
export interface PageParts {
  readonly title: string;
  readonly header: Html;
  readonly sections: readonly Section[];
  /** What the page's script reads. */
  readonly data: unknown;
  /** Files that the page carries. */
  readonly files?: Html;
  /** Whether it may ask the server that it came from. Default false. */
  readonly asks?: boolean;
}

/**
 * A page that holds everything and may load nothing.
 * @param parts title, header, sections and data.
 * @returns the file's text.
 */
export async function pageHtml({
  title,
  header,
  sections,
  data,
  files,
  asks = false,
}: PageParts): Promise<string> {
  const { pageScript, pageStyle } = await import('#page');
  return html`<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${unescaped(contentPolicy(pageScript, pageStyle, asks))}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${title}</title><link rel="icon" href="data:,">
<style>${unescaped(pageStyle.text)}</style></head><body>
<a class="skip" href="#main">To the results</a>${header}${navigationHtml(sections)}<main id="main" class="segscape" tabindex="-1">${sections.map(sectionHtml)}</main><footer>Made with SegScape. Loss surfaces after Li et al., 2018, <cite>Visualizing the loss landscape of neural nets</cite>. The figures use d3-contour and d3-scale-chromatic (ISC, Mike Bostock).</footer>
<script type="application/json" id="data">${scriptJson(data)}</script>
${files}
<script>${unescaped(pageScript.text)}</script>
</body></html>
`.toString();
}

/** The page may load nothing and run nothing but the script that the build put into it, known by its hash. */
const contentPolicy = (script: InlineText, style: InlineText, asks: boolean): string =>
  [
    "default-src 'none'",
    `script-src 'sha256-${script.sha256}'`,
    `style-src 'sha256-${style.sha256}'`,
    'img-src data: blob:',
    ...(asks ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

/** JSON that can stand in a script element; numbers with five significant digits. */
const scriptJson = (value: unknown): Html =>
  unescaped(
    JSON.stringify(value, (_, item: unknown) =>
      typeof item === 'number' ? Number(item.toPrecision(5)) : item,
    ).replaceAll('<', '\\u003c'),
  );
