import { escapeText } from '../figures/svg.js';
import { darkLossColours, lossColours } from '../pictures/colours.js';

/** The colour of a loss in a page: a custom property, so that it follows light and dark. */
export const lossVariable = (index: number): string =>
  `var(--loss-${Math.max(0, index) % lossColours.length})`;

const properties = (colours: readonly string[]) =>
  colours.map((colour, i) => `--loss-${i}:${colour};`).join('');

/** Custom properties of the colours of the losses. */
export const lossStyle = (): string =>
  `:root{${properties(lossColours)}}@media screen and (prefers-color-scheme:dark){:root{${properties(darkLossColours)}}}`;

/** A loss by its name with its colour before it. */
export const lossName = (losses: readonly string[], label: string): string =>
  `<span class="loss"><i style="background:${lossVariable(losses.indexOf(label))}"></i>${escapeText(label)}</span>`;

export interface SectionOptions {
  readonly id: string;
  readonly title: string;
  /** A sentence or two below the title; markup. */
  readonly lead?: string;
}

export const section = ({ id, title, lead }: SectionOptions, content: string): string =>
  content === ''
    ? ''
    : `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${escapeText(title)}</h2>${
        lead === undefined ? '' : `<p class="lead">${lead}</p>`
      }${content}</section>`;

/** A table that scrolls by itself where the page is narrow; reachable by keyboard. */
export const scrolling = (label: string, content: string): string =>
  `<div class="scroll" role="region" tabindex="0" aria-label="${escapeText(label)}">${content}</div>`;
