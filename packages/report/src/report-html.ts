import type { Storage } from '@segscape/core';
import { answerOf } from './data/answer.js';
import { floatsToBase64, toGzip64 } from './data/base64.js';
import { curvesByMeasure } from './data/curves.js';
import type { PageCurves, PageData } from './data/page-data.js';
import { type ReadRun, readRun } from './data/read-run.js';
import { measureTitle } from './data/scores.js';
import { escapeText } from './figures/svg.js';
import { comparisonHtml } from './sections/comparison.js';
import { curvesHtml } from './sections/curves.js';
import { headerHtml } from './sections/header.js';
import { lossStyle, lossVariable, section } from './sections/markup.js';
import { augmentationHtml, samplesHtml } from './sections/samples.js';
import { surfacesHtml } from './sections/surfaces.js';

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
  const { pageScript, pageStyle, plotlyScript } = await import('#page');
  const { facts, surfaces, pictures, notices } = run;
  const answer = answerOf(facts);
  const curves = pageCurves(run);
  const sections = [
    comparisonHtml(facts),
    curvesHtml(facts, curves),
    surfacesHtml(facts, surfaces, answer.best),
    samplesHtml(facts, pictures),
    augmentationHtml(facts, pictures),
    configHtml(run),
  ].filter((html) => html !== '');
  const body = `<a class="skip" href="#main">To the results</a>${headerHtml(facts, answer, notices)}${navigation(
    sections,
  )}<main id="main" tabindex="-1">${sections.join('')}</main><footer>Made with SegScape. Loss surfaces after Li et al., 2018, <cite>Visualizing the loss landscape of neural nets</cite>.</footer><dialog id="enlarged" aria-label="Enlarged picture"><form method="dialog"><button>Close</button></form><img alt=""><p></p></dialog>`;
  const data = scriptJson(pageData(run, curves));
  const files = await Promise.all(
    Object.entries({
      'history.csv': run.files.history,
      'config.yaml': run.files.config,
      'report.json': run.files.facts,
    })
      .filter(([, text]) => text !== '')
      .map(
        async ([name, text]) =>
          `<script type="application/gzip" data-file="${name}">${await toGzip64(text)}</script>`,
      ),
  );
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    // The page may load nothing: everything is inside it.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">',
    `<title>${escapeText(facts.title)}</title><link rel="icon" href="data:,">`,
    `<style>${lossStyle()}${pageStyle}</style></head><body>`,
    body,
    `<script type="application/json" id="data">${data}</script>`,
    ...files,
    ...(surfaces.length === 0 ? [] : [`<script>${plotlyScript}</script>`]),
    `<script>${pageScript}</script></body></html>\n`,
  ].join('\n');
}

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
const scriptJson = (value: unknown) =>
  JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'number' ? Number(item.toPrecision(5)) : item,
  ).replaceAll('<', '\\u003c');

function navigation(sections: readonly string[]): string {
  const links = sections.map((html) => {
    const [, id, title] = /^<section id="([^"]*)".*?<h2[^>]*>(.*?)<\/h2>/s.exec(html)!;
    return `<a href="#${id}">${title}</a>`;
  });
  return `<nav aria-label="Sections">${links.join('')}</nav>`;
}

function configHtml({ files, surfaces }: ReadRun): string {
  const names = [
    ...(files.history === '' ? [] : ['history.csv']),
    'config.yaml',
    'report.json',
    ...(surfaces.length === 0 ? [] : ['surfaces.csv']),
  ];
  const buttons = names.map((name) => `<button type="button" data-download="${name}">${name}</button>`);
  return section(
    { id: 'config', title: 'Config and data' },
    `<p class="downloads" hidden>Save ${buttons.join(' ')}</p><pre tabindex="0" aria-label="config.yaml"><code>${escapeText(
      files.config,
    )}</code></pre>`,
  );
}
