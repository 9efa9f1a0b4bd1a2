import { countOf } from '@segscape/core';
import { pixelsOf } from '../data/pixels-of.js';
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

type Unit = ReturnType<typeof pixelsOf>;

const diametersText: Readonly<Record<Unit, string>> = {
  pixels:
    'Diameters are of discs of the objects’ areas, in pixels: smallest tenth, median, largest tenth. A disc has 0.8 of its width squared, vessels 10 and more.',
  voxels:
    'Diameters are of balls of the objects’ volumes, in voxels: smallest tenth, median, largest tenth. A ball has 0.5 of its width cubed, vessels 10 and more.',
};

/** How many images there are, of what size. */
function countsHtml(
  { images, of, groups, spacing, ignored }: DataSheetFact,
  { material }: ReportFacts,
): Html {
  const { smallest, largest } = material.sizes;
  const unit = pixelsOf(material);
  const [from, to] = [sizeText(smallest), sizeText(largest)];
  const said = [
    `${countOf(of, 'image')}${groups < images ? ` of ${countOf(groups, 'patient')}` : ''}${images < of ? `, of which ${images} were looked at` : ''}`,
    `${from === to ? from : `${from} to ${to}`} ${unit}, ${countOf(material.channels, 'channel')}`,
    spacing === undefined
      ? `no file says how large a ${unit.slice(0, -1)} is`
      : `${sizeText(spacing.smallest)}${sizeText(spacing.smallest) === sizeText(spacing.largest) ? '' : ` to ${sizeText(spacing.largest)}`} µm a ${unit.slice(0, -1)}${spacing.images < of ? ` (${countOf(spacing.images, 'file says', 'files say')} so)` : ''}`,
    ...(ignored > 0 ? [`${percent(ignored)} of the ${unit} of no class`] : []),
  ];
  return html`<p>${said.join('; ')}.</p>`;
}

/** Of one that no mask shows there is no shape to tell of. */
const shapeCells = ({ objects, diameters, width, elongation }: DataClassFact): readonly string[] =>
  Number.isFinite(width)
    ? [number(objects), diameters.map(number).join(' / '), number(width), number(elongation)]
    : ['–', '–', '–', '–'];

function classesHtml({ classes, images }: DataSheetFact, unit: Unit): Html {
  const rows = classes.map(
    (facts) =>
      html`<tr><th scope="row">${facts.name}</th><td>${percent(facts.share)}</td><td>${facts.without} of ${images}</td>${shapeCells(facts).map((cell) => html`<td>${cell}</td>`)}</tr>`,
  );
  const head = [
    'Class',
    unit === 'voxels' ? 'Voxels' : 'Pixels',
    'Images without it',
    'Objects in an image',
    'Diameter',
    'Width',
    unit === 'voxels' ? 'Volume over width³' : 'Area over width²',
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

function sizesHtml({ classes }: DataSheetFact, unit: Unit): Html {
  const spans = classes.flatMap(({ name, diameters: [low, middle, high] }) =>
    low !== undefined && Number.isFinite(middle)
      ? [{ label: name, low, middle: middle!, high: high ?? Number.NaN }]
      : [],
  );
  if (spans.length === 0) return nothing;
  const title = 'Diameters of objects';
  const drawn = spansFigure(spans, { title, across: unit, style: pageStyle });
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
  const { dataSheet: sheet, losses, material } = facts;
  const unit = pixelsOf(material);
  if (sheet === undefined) return { ...about, content: nothing };
  const findings =
    sheet.findings.length === 0
      ? html`<p>Nothing odd was found about the masks.</p>`
      : html`<ul class="findings">${sheet.findings.map(findingHtml)}</ul>`;
  return {
    ...about,
    lead: 'From the masks alone, before any network saw them: how rare, small, thin and many each class is, what that means for a loss, and what was in fact compared.',
    content: html`${countsHtml(sheet, facts)}${classesHtml(sheet, unit)}<p class="note">Shares are means over the images. ${diametersText[unit]}</p>${sizesHtml(sheet, unit)}<h3>What is to be known</h3>${findings}${proposalsHtml(sheet, losses)}${measuresHtml(sheet)}`,
  };
}
