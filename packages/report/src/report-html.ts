import { type Storage, turns } from '@segscape/core';
import { answerOf } from './data/answer.js';
import { floatsToBase64, toGzip64 } from './data/base64.js';
import { reasonsOf } from './data/cases.js';
import { curvesByMeasure } from './data/curves.js';
import type { PageCurves, PageData, PagePicture } from './data/page-data.js';
import { type ReadRun, readRun } from './data/read-run.js';
import { measureTitle } from './data/scores.js';
import { latexTable } from './data/words-of-methods.js';
import type { ExperimentPictureFact } from './experiment-facts.js';
import type { SurfaceGrid } from './figures/terrain.js';
import { type Html, html, isEmpty } from './html.js';
import { pageHtml } from './page-html.js';
import type { PictureFact } from './picture-facts.js';
import type { ReportOptions } from './privacy/nameless.js';
import { calibrationSection } from './sections/calibration.js';
import { comparisonSection } from './sections/comparison.js';
import { curvatureSection } from './sections/curvature.js';
import { curvesSection } from './sections/curves.js';
import { experimentPictures, experimentSection } from './sections/experiment.js';
import { headerHtml } from './sections/header.js';
import { learningRatesSection } from './sections/learning-rates.js';
import { captionOf, mapsSection } from './sections/maps.js';
import { lossVariable, type Section } from './sections/markup.js';
import { profilesSection, trueClassHistogram } from './sections/profiles.js';
import { receiptHtml } from './sections/receipt.js';
import { augmentationSection, samplePictures, samplesSection } from './sections/samples.js';
import { surfacesSection } from './sections/surfaces.js';
import { trustOf } from './sections/trust.js';
import { weightChangeSection } from './sections/weight-change.js';

/**
 * The report of a study as one HTML file that needs nothing else: tables, curves, interactive loss surfaces, pictures
 * and the data themselves. It opens offline, from a disk, and fetches nothing.
 *
 *     await storage.write('report.html', await reportHtml(storage));
 *
 * It says nothing of the machine's folders: of a path in the config only the last part is shown, and pictures carry no EXIF
 * or other texts. With `pseudonyms` it names no image and no patient either.
 *
 * @param storage the run folder: `config.yaml`, `report.json`, `history.csv`, `landscapes/*.h5`, `maps/*.png`. A
 *   surface or a picture that is missing or damaged is named at the top of the report and left out.
 * @param options whether images go by pseudonyms, and whether they are shown.
 * @returns the file's text.
 * @throws {SegscapeError} `NOT_FOUND` without `config.yaml` or `report.json`, `CORRUPT_FILE` when one of them or the
 *   history is damaged.
 */
export async function reportHtml(storage: Storage, options: ReportOptions = {}): Promise<string> {
  const run = await readRun(storage, options);
  const { facts, surfaces, pictures, notices } = run;
  for (const notice of notices) options.onNotice?.(notice);
  const answer = answerOf(facts);
  const curves = pageCurves(run);
  const more = await import('./sections/on-demand.js');
  const makers: (() => Section)[] = [
    () => comparisonSection(facts),
    () => more.dataSheetSection(facts),
    () => curvesSection(facts, curves),
    () => more.stepsSection(facts),
    () => learningRatesSection(facts),
    () => surfacesSection(facts, surfaces, answer.best),
    () => more.linesSection(facts),
    () => mapsSection(facts, run.maps),
    () => curvatureSection(facts),
    () => weightChangeSection(facts),
    () => more.gradientsSection(facts, run.history),
    () => more.similaritySection(facts),
    () => more.filtersSection(facts, pictures),
    () => profilesSection(facts),
    () => samplesSection(facts, pictures),
    () => experimentSection(facts, pictures),
    () => augmentationSection(facts, pictures),
    () => calibrationSection(facts),
    () => configSection(run),
  ];
  const sections: Section[] = [];
  const turn = turns();
  for (const make of makers) {
    const section = make();
    if (!isEmpty(section.content)) sections.push(section);
    await turn();
  }
  return pageHtml({
    title: facts.title,
    header: headerHtml(facts, answer, { missing: run.missing, leftOut: notices }),
    sections,
    data: { ...pageData(run, curves), ...(options.live && { live: options.live }) },
    ...(options.live && { asks: true }),
    files: await filesHtml(run),
  });
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

const packed = ({ x, y, values }: SurfaceGrid) => ({
  x: Array.from(x),
  y: Array.from(y),
  values: Object.fromEntries(Object.entries(values).map(([loss, grid]) => [loss, floatsToBase64(grid)])),
});

function pageData({ facts, surfaces, maps, pictures }: ReadRun, curves: readonly PageCurves[]): PageData {
  const histogram = trueClassHistogram(facts);
  const reasons = reasonsOf(facts);
  const followed = experimentPictures(facts, pictures);
  return {
    losses: facts.losses,
    curves,
    surfaces: surfaces.map(({ grid, ...about }) => {
      const trust = trustOf(facts, about.name, about.loss)?.sentence;
      return { ...about, ...packed(grid), ...(trust !== undefined && { trust }) };
    }),
    maps: maps.map((map) => ({
      kind: map.kind,
      paths: map.paths,
      ...(map.loss !== undefined && { loss: map.loss }),
      ...(map.kind === 'path' && { caption: captionOf(map) }),
      ...packed(map.grid),
    })),
    pictures: samplePictures(facts, pictures).map(pagePicture),
    ...(reasons.size > 0 && {
      reasons: Object.fromEntries([...reasons].map(([id, why]) => [id, why.join('; ')])),
    }),
    ...(followed.length > 0 && { experiment: followed.map(experimentPicture) }),
    profiles: facts.profiles ?? [],
    ...(histogram && { histogram }),
  };
}

const pagePicture = (
  { sample = '', title, loss, epoch, values }: PictureFact,
  place: number,
): PagePicture => ({
  place,
  sample,
  title,
  ...(loss !== undefined && { loss }),
  ...(epoch !== undefined && { epoch }),
  ...(values && { values: { low: values.low, high: values.high } }),
});

/** Gradients of two losses are not on one scale: each has its own. */
const experimentPicture = (
  { group, iteration, ...picture }: ExperimentPictureFact,
  place: number,
): PagePicture => ({
  ...pagePicture(
    { ...picture, group: 'prediction', ...(iteration !== undefined && { epoch: iteration }) },
    place,
  ),
  ...(group === 'gradient' && { scaleOf: `${picture.title} of ${picture.loss ?? ''}` }),
});

const filesOf = ({ files, facts }: ReadRun) =>
  [
    { name: 'history.csv', text: files.history },
    { name: 'config.yaml', text: files.config },
    { name: 'report.json', text: files.facts },
    { name: 'scores.tex', text: latexTable(facts) },
  ].filter(({ text }) => text !== '');

/** The run's files, packed, for its buttons. */
async function filesHtml(run: ReadRun): Promise<Html> {
  const files = await Promise.all(
    filesOf(run).map(
      async ({ name, text }) =>
        html`<script type="application/gzip" data-file="${name}">${await toGzip64(text)}</script>\n`,
    ),
  );
  return html`${files}`;
}

function configSection(run: ReadRun): Section {
  const names = [
    ...filesOf(run).map(({ name }) => name),
    ...(run.surfaces.length === 0 ? [] : ['surfaces.csv']),
  ];
  const buttons = names.map((name) => html`<button type="button" data-download="${name}">${name}</button> `);
  return {
    id: 'config',
    title: 'Receipt, config and data',
    content: html`${receiptHtml(run)}<p class="downloads" hidden>Save ${buttons}</p><pre tabindex="0" role="region" aria-label="config.yaml"><code>${run.files.config}</code></pre>`,
  };
}
