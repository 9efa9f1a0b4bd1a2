import type { ReadPicture } from '../data/read-run.js';
import { type Html, html, nothing } from '../html.js';

/** The pictures of a run that could be read, by their names. */
export type Pictures = ReadonlyMap<string, ReadPicture>;

/** What a picture shows, in words. */
export interface ShownPicture {
  readonly name: string;
  readonly title: string;
  readonly loss?: string;
  readonly sample?: string;
  /** Iterations of training on the image alone. */
  readonly iteration?: number;
}

/**
 * A picture that opens large.
 * @param pictures of the run.
 * @param picture to show; nothing where it could not be read.
 * @param place by which the page's script finds it.
 */
export function pictureHtml(
  pictures: Pictures,
  { name, title, loss, sample, iteration }: ShownPicture,
  place?: number,
): Html {
  const picture = pictures.get(name);
  if (picture === undefined) return nothing;
  const { source, width, height } = picture;
  const of = [loss, iteration === undefined ? undefined : `iteration ${iteration}`].filter(Boolean);
  const trained = of.length === 0 ? '' : ` (${of.join(', ')})`;
  const alt = `${title}${trained}${sample === undefined ? '' : `, image ${sample}`}`;
  // Few pixels are shown as they are, not blurred.
  const kind = width < 100 ? 'small' : 'plain';
  const at = place === undefined ? nothing : html` data-place="${place}"`;
  const numbers = picture.packed === undefined ? nothing : html` data-packed="${picture.packed}"`;
  return html`<button type="button" class="picture"${at}${numbers}><img class="${kind}" src="${source}" width="${width}" height="${height}" alt="${alt}" decoding="async"></button>`;
}

/** A picture with its title below. */
export const figureHtml = (pictures: Pictures, picture: ShownPicture, place?: number): Html =>
  html`<figure>${pictureHtml(pictures, picture, place)}<figcaption>${picture.title}</figcaption></figure>`;

/** Pictures that only the page's script shows. */
export const pictureStore = (
  pictures: Pictures,
  all: readonly (readonly [place: number, picture: ShownPicture])[],
): Html =>
  all.length === 0
    ? nothing
    : html`<template class="picture-store">${all.map(([place, picture]) => pictureHtml(pictures, picture, place))}</template>`;
