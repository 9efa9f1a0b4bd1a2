import { type Html, type HtmlPart, html, nothing } from '../html.js';
import { darkLossColours, lossColours } from '../pictures/colours.js';

const place = (index: number) => Math.max(0, index) % lossColours.length;

/** The colour of a loss in a page: a custom property, so that it follows light and dark. */
export const lossVariable = (index: number): string => `var(--loss-${place(index)})`;

/** A loss by its name with its colour before it. */
export const lossName = (losses: readonly string[], label: string): Html =>
  html`<span class="loss"><i class="loss-${place(losses.indexOf(label))}"></i>${label}</span>`;

const properties = (colours: readonly string[]) =>
  colours.map((colour, i) => `--loss-${i}:${colour};`).join('');

/** The style sheet of the colours of the losses; the build puts it before the page's own. @public */
export const lossStyle = (): string =>
  [
    `:root{${properties(lossColours)}}`,
    `@media screen and (prefers-color-scheme:dark){:root{${properties(darkLossColours)}}}`,
    ...lossColours.map((_, i) => `.loss-${i}{background:var(--loss-${i})}`),
  ].join('');

/** A part of the page that the navigation leads to. */
export interface Section {
  readonly id: string;
  readonly title: string;
  /** A sentence or two below the title. */
  readonly lead?: HtmlPart;
  /** Without any, the section is not there. */
  readonly content: Html;
}

export const sectionHtml = ({ id, title, lead, content }: Section): Html =>
  html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${
    lead === undefined ? nothing : html`<p class="lead">${lead}</p>`
  }${content}</section>`;

/** Links to the sections. */
export const navigationHtml = (sections: readonly Section[]): Html =>
  html`<nav aria-label="Sections">${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}</nav>`;

/** A table that scrolls by itself where the page is narrow; reachable by keyboard. */
export const scrolling = (label: string, content: Html): Html =>
  html`<div class="scroll" role="region" tabindex="0" aria-label="${label}">${content}</div>`;

/**
 * A figure that the page's script offers to save, with its numbers.
 * @param title names the files.
 * @param drawn the figure.
 * @param table its numbers as CSV.
 */
export const savedFigure = (title: string, drawn: Html, table: string): Html =>
  html`<figure data-title="${title}">${drawn}<template>${table}</template></figure>`;
