import type { DataClassFact, DataSheetFact, FindingFact } from '../evidence-facts.js';
import type { ReportFacts } from '../facts.js';
import { plainTable } from '../figures/figure-tables.js';
import { shortNumber } from '../figures/scale.js';
import { spansFigure } from '../figures/spans-svg.js';
import { pageStyle } from '../figures/style.js';
import { type Html, html, nothing } from '../html.js';
import { lossName, type Section, savedFigure, scrolling } from './markup.js';

const percent = (share: number) =>
  Number.isFinite(share) ? `${Number((100 * share).toPrecision(2))} %` : '–';
const number = (value: number) => (Number.isFinite(value) ? shortNumber(value, 2) : '–');
const sizeText = (sides: readonly number[]) => sides.map((side) => number(side)).join(' × ');

/** How many images there are, of what size. */
function countsHtml(
  { images, of, groups, spacing, ignored }: DataSheetFact,
  { material }: ReportFacts,
): Html {
  const { smallest, largest } = material.sizes;
  const [from, to] = [sizeText(smallest), sizeText(largest)];
  const said = [
    `${of} images${groups < images ? ` of ${groups} patients` : ''}${images < of ? `, of which ${images} were looked at` : ''}`,
    `${from === to ? from : `${from} to ${to}`} pixels, ${material.channels} ${material.channels === 1 ? 'channel' : 'channels'}`,
    spacing === undefined
      ? 'no file says how large a pixel is'
      : `${sizeText(spacing.smallest)}${sizeText(spacing.smallest) === sizeText(spacing.largest) ? '' : ` to ${sizeText(spacing.largest)}`} µm a pixel${spacing.images < of ? ` (${spacing.images} files say so)` : ''}`,
    ...(ignored > 0 ? [`${percent(ignored)} of the pixels of no class`] : []),
  ];
  return html`<p>${said.join('; ')}.</p>`;
}

function classesHtml({ classes, images }: DataSheetFact): Html {
  const rows = classes.map(
    ({ name, share, without, objects, diameters, width, elongation }) =>
      html`<tr><th scope="row">${name}</th><td>${percent(share)}</td><td>${without} of ${images}</td><td>${number(objects)}</td><td>${diameters.map(number).join(' / ')}</td><td>${number(width)}</td><td>${number(elongation)}</td></tr>`,
  );
  const head = [
    'Class',
    'Pixels',
    'Images without it',
    'Objects in an image',
    'Diameter',
    'Width',
    'Area over width²',
  ].map((name) => html`<th scope="col">${name}</th>`);
  return scrolling(
    'Classes of the data',
    html`<table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table>`,
  );
}

const classTable = (classes: readonly DataClassFact[]): string =>
  plainTable(
    [
      'class',
      'share',
      'images without',
      'objects',
      'diameter low',
      'diameter',
      'diameter high',
      'width',
      'elongation',
    ],
    classes.map(({ name, share, without, objects, diameters, width, elongation }) => [
      name,
      share,
      without,
      objects,
      ...[0, 1, 2].map((i) => diameters[i]),
      width,
      elongation,
    ]),
  );

function sizesHtml({ classes }: DataSheetFact): Html {
  const spans = classes.flatMap(({ name, diameters: [low, middle, high] }) =>
    low !== undefined && Number.isFinite(middle)
      ? [{ label: name, low, middle: middle!, high: high ?? Number.NaN }]
      : [],
  );
  if (spans.length === 0) return nothing;
  const title = 'Diameters of objects';
  const drawn = spansFigure(spans, { title, across: 'pixels', style: pageStyle });
  return html`<div class="charts">${savedFigure(title, drawn, classTable(classes))}</div>`;
}

const findingHtml = ({ level, text, images = [] }: FindingFact): Html =>
  html`<li>${level === 'warning' ? html`<strong>Warning:</strong> ` : nothing}${text}${images.length === 0 ? nothing : html` <small>${images.join(', ')}${images.length === 3 ? ', …' : ''}</small>`}</li>`;

function proposalsHtml({ proposals }: DataSheetFact, losses: readonly string[]): Html {
  if (proposals.length === 0) return nothing;
  const rows = proposals.map(({ label, reason, paper, compared }) => {
    const names = compared.map((loss) => lossName(losses, loss));
    return html`<tr><th scope="row">${label}</th><td class="why">${reason} (${paper})</td><td>${names.length === 0 ? 'not compared' : names}</td></tr>`;
  });
  const others = losses.filter((loss) => !proposals.some(({ compared }) => compared.includes(loss)));
  const more =
    others.length === 0
      ? nothing
      : html`<p class="note">Compared besides: ${others.join(', ')}. A loss counts as proposed where its kind is; its options may differ.</p>`;
  const table = scrolling(
    'Losses that suit these masks',
    html`<table><thead><tr><th scope="col">Proposed</th><th scope="col" class="why">Why</th><th scope="col">Compared here as</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
  return html`<h3>Losses that suit these masks</h3>${table}${more}`;
}

function measuresHtml({ measures = [] }: DataSheetFact): Html {
  if (measures.length === 0) return nothing;
  const rows = measures.map(
    ({ label, reason, paper, scored }) =>
      html`<tr><th scope="row">${label}</th><td class="why">${reason} (${paper})</td><td>${scored ? 'yes' : 'no'}</td></tr>`,
  );
  const title = 'Measures that suit these masks';
  const table = scrolling(
    title,
    html`<table><thead><tr><th scope="col">Proposed</th><th scope="col" class="why">Why</th><th scope="col">Scored here</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
  return html`<h3>${title}</h3>${table}`;
}

/**
 * What the masks looked like before anything was trained, what is odd about them, and which losses suit them.
 * @param facts of the run.
 */
export function dataSheetSection(facts: ReportFacts): Section {
  const about = { id: 'data-sheet', title: 'The data, seen before training' };
  const { dataSheet: sheet, losses } = facts;
  if (sheet === undefined) return { ...about, content: nothing };
  const findings =
    sheet.findings.length === 0
      ? html`<p>Nothing odd was found about the masks.</p>`
      : html`<ul class="findings">${sheet.findings.map(findingHtml)}</ul>`;
  return {
    ...about,
    lead: 'From the masks alone, before any network saw them: how rare, small, thin and many each class is, what that means for a loss, and what was in fact compared.',
    content: html`${countsHtml(sheet, facts)}${classesHtml(sheet)}<p class="note">Shares are means over the images. Diameters are of discs of the objects’ areas, in pixels: smallest tenth, median, largest tenth. A disc has 0.8 of its width squared, vessels 10 and more.</p>${sizesHtml(sheet)}<h3>What is to be known</h3>${findings}${proposalsHtml(sheet, losses)}${measuresHtml(sheet)}`,
  };
}
