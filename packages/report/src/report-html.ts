import type { Storage } from '@segscape/core';
import type { InlineText } from '#page';
import { answerOf } from './data/answer.js';
import { floatsToBase64, toGzip64 } from './data/base64.js';
import { curvesByMeasure } from './data/curves.js';
import type { PageCurves, PageData } from './data/page-data.js';
import { type ReadRun, readRun } from './data/read-run.js';
import { measureTitle } from './data/scores.js';
import { type Html, html, isEmpty, unescaped } from './html.js';
import { comparisonSection } from './sections/comparison.js';
import { curvesSection } from './sections/curves.js';
import { gradientsSection } from './sections/gradients.js';
import { headerHtml } from './sections/header.js';
import { mapsSection } from './sections/maps.js';
import { lossVariable, navigationHtml, type Section, sectionHtml } from './sections/markup.js';
import { profilesSection } from './sections/profiles.js';
import { augmentationSection, samplesSection } from './sections/samples.js';
import { surfacesSection } from './sections/surfaces.js';

/**
 * The report of a study as one HTML file that needs nothing else: tables, curves, interactive loss surfaces, pictures
 * and the data themselves. It opens offline, from a disk, and fetches nothing.
 *
 *     await storage.write('report.html', await reportHtml(storage));
 *
 * @param storage the run folder: `config.yaml`, `report.json`, `history.csv`, `landscapes/*.h5`, `maps/*.png`. A
 *   surface or a picture that is missing or damaged is named at the top of the report and left out.
 * @throws {SegscapeError} `NOT_FOUND` without `config.yaml` or `report.json`, `CORRUPT_FILE` when one of them or the
 *   history is damaged.
 */
export async function reportHtml(storage: Storage): Promise<string> {
  const run = await readRun(storage);
  const page = await import('#page');
  const { facts, surfaces, pictures, notices } = run;
  const answer = answerOf(facts);
  const curves = pageCurves(run);
  const sections = [
    comparisonSection(facts),
    curvesSection(facts, curves),
    surfacesSection(facts, surfaces, answer.best),
    mapsSection(facts, run.maps),
    gradientsSection(facts),
    profilesSection(facts),
    samplesSection(facts, pictures),
    augmentationSection(facts, pictures),
    configSection(run),
  ].filter(({ content }) => !isEmpty(content));
  const scripts = [...(surfaces.length === 0 ? [] : [page.plotlyScript]), page.pageScript];
  return html`<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${unescaped(contentPolicy(scripts, page.pageStyle))}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${facts.title}</title><link rel="icon" href="data:,">
<style>${unescaped(page.pageStyle.text)}</style></head><body>
<a class="skip" href="#main">To the results</a>${headerHtml(facts, answer, notices)}${navigationHtml(sections)}<main id="main" tabindex="-1">${sections.map(sectionHtml)}</main><footer>Made with SegScape. Loss surfaces after Li et al., 2018, <cite>Visualizing the loss landscape of neural nets</cite>.</footer><dialog id="enlarged" aria-label="Enlarged picture"><form method="dialog"><button>Close</button></form><img alt=""><p></p></dialog>
<script type="application/json" id="data">${scriptJson(pageData(run, curves))}</script>
${await filesHtml(run)}
${scripts.map(({ text }) => html`<script>${unescaped(text)}</script>\n`)}</body></html>
`.toString();
}

/**
 * The page may load nothing and run nothing but the scripts that the build put into it, known by their hashes.
 * Style sheets without text are what plotly fills by script.
 */
function contentPolicy(scripts: readonly InlineText[], style: InlineText): string {
  const hashes = (texts: readonly InlineText[]) => texts.map(({ sha256 }) => `'sha256-${sha256}'`).join(' ');
  return [
    "default-src 'none'",
    `script-src ${hashes(scripts)}`,
    `style-src ${hashes([style])} '${emptyHash}'`,
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** SHA-256 of nothing. */
const emptyHash = 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';

/** Curves with the colours of the page. */
function pageCurves({ facts, history }: ReadRun): PageCurves[] {
  const losses = [...new Set([...facts.losses, ...history.map(({ loss }) => loss)])];
  return [...curvesByMeasure(history, { losses })].map(([measure, curves]) => ({
    measure,
    title: measureTitle(measure),
    curves: curves.map((curve) => ({ ...curve, colour: lossVariable(losses.indexOf(curve.label)) })),
  }));
}

function pageData({ facts, surfaces }: ReadRun, curves: readonly PageCurves[]): PageData {
  return {
    losses: facts.losses,
    curves,
    surfaces: surfaces.map(({ grid, ...about }) => ({
      ...about,
      x: Array.from(grid.x),
      y: Array.from(grid.y),
      values: Object.fromEntries(
        Object.entries(grid.values).map(([loss, values]) => [loss, floatsToBase64(values)]),
      ),
    })),
  };
}

/** JSON that can stand in a script element; numbers with five significant digits. */
const scriptJson = (value: unknown): Html =>
  unescaped(
    JSON.stringify(value, (_, item: unknown) =>
      typeof item === 'number' ? Number(item.toPrecision(5)) : item,
    ).replaceAll('<', '\\u003c'),
  );

/** The run's files, packed, for its buttons. */
async function filesHtml({ files }: ReadRun): Promise<Html> {
  const named = [
    { name: 'history.csv', text: files.history },
    { name: 'config.yaml', text: files.config },
    { name: 'report.json', text: files.facts },
  ].filter(({ text }) => text !== '');
  const packed = await Promise.all(
    named.map(
      async ({ name, text }) =>
        html`<script type="application/gzip" data-file="${name}">${await toGzip64(text)}</script>\n`,
    ),
  );
  return html`${packed}`;
}

function configSection({ files, surfaces }: ReadRun): Section {
  const names = [
    ...(files.history === '' ? [] : ['history.csv']),
    'config.yaml',
    'report.json',
    ...(surfaces.length === 0 ? [] : ['surfaces.csv']),
  ];
  const buttons = names.map((name) => html`<button type="button" data-download="${name}">${name}</button> `);
  return {
    id: 'config',
    title: 'Config and data',
    content: html`<p class="downloads" hidden>Save ${buttons}</p><pre tabindex="0" aria-label="config.yaml"><code>${files.config}</code></pre>`,
  };
}
