import { Unsupported } from '../faults.js';
import { chosen, type PlaneChoice } from '../planes.js';
import { meaningOf } from './description.js';
import type { Directory } from './directory.js';
import { inOrder, type Series, type TiffMeaning } from './series.js';

/**
 * Which pages of a TIFF are channels of one picture. `'auto'` (default): those that ImageJ, OME-XML or tifffile say. `'pages'`:
 * all of them. `'samples'`: none; where there are several channels, every page is a picture.
 */
export type ChannelAxis = 'auto' | 'pages' | 'samples';

export interface PageChoice extends PlaneChoice {
  readonly axis: ChannelAxis;
}

/** The pages of a picture: for each of its channels those of its slices. */
export interface ChosenPages {
  readonly channels: readonly (readonly number[])[];
  /** Whether there is more than one slice. */
  readonly volume: boolean;
  readonly spacing?: readonly number[];
}

/** Bytes of a page's strips. */
const stored = (tags: Directory) => (tags.numbers(279) ?? []).reduce((sum, size) => sum + size, 0);

/** True for a smaller copy of another page, or the mask of one. */
const isCopy = (page: Directory) => (page.first(254, 0) & 5) !== 0 || page.first(255, 1) === 2;

/**
 * Pages that hold planes of their own, by their index; all of them where all call themselves copies.
 * @throws {Unsupported} for raw pictures of cameras, whose first page is a preview.
 */
function ownPages(pages: readonly Directory[]): number[] {
  const own = [...pages.keys()].filter((index) => !isCopy(pages[index]!));
  if (own.length === 0 && pages[0]!.has(330))
    throw new Unsupported(
      'its pages are previews of a picture behind them (a raw picture of a camera); develop it, or say with page which preview',
    );
  return own.length === 0 ? [...pages.keys()] : own;
}

/** What pages must have in common to be slices of one volume. */
const formOf = (page: Directory) =>
  `${page.first(256)}×${page.first(257)}×${page.first(277, 1)} of ${page.at(258, 0) ?? 1} bits ${page.at(339, 0) ?? 1}`;

const sidesOf = (page: Directory) => `${page.first(256)}×${page.first(257)}`;

/** Pages of which nothing is said: slices where they are all alike. */
function plainSeries(pages: readonly Directory[], own: readonly number[]): Series {
  const found = inOrder('ZCT', { Z: own.length, C: 1, T: 1 }, own);
  if (new Set(own.map((index) => formOf(pages[index]!))).size === 1) return found;
  const some = own.slice(0, 4).map((index) => sidesOf(pages[index]!));
  const odd = `it has ${own.length} pages that are not alike (${some.join(', ')}${own.length > 4 ? ', …' : ''})`;
  return { ...found, odd };
}

const range = (size: number) => Array.from({ length: size }, (_, i) => i);

/** A picture of a series at a point in time: all slices, or one. */
function pictureOf(
  { sizes, pageOf, between, ...own }: Series,
  T: number,
  Z: number | undefined,
  spacing: readonly [number, number] | undefined,
): ChosenPages {
  const slices = Z === undefined ? range(sizes.Z) : [Z];
  const plane = own.spacing ?? spacing;
  const volume = slices.length > 1;
  return {
    channels: range(sizes.C).map((C) => slices.map((z) => pageOf({ Z: z, C, T }))),
    volume,
    ...(plane !== undefined &&
      (!volume || between !== undefined) && {
        spacing: volume ? [between!, ...plane] : plane,
      }),
  };
}

const described = (series: readonly Series[]) =>
  `it has ${series.length} pictures (${series
    .slice(0, 4)
    .map(({ name }, i) => (name === undefined ? String(i) : `${i} '${name}'`))
    .join(', ')}${series.length > 4 ? ', …' : ''})`;

/** Every plane of every picture as one of its own, in the file's order. */
function allPlanes(series: readonly Series[], { spacing }: TiffMeaning, choice: PageChoice): ChosenPages[] {
  const wanted = choice.series === undefined ? series : [series[chosen('series', series.length, choice)]!];
  return wanted.flatMap((one) => {
    if (one.odd !== undefined) throw new Unsupported(one.odd);
    const { Z, T } = one.sizes;
    const times = choice.time === undefined ? range(T) : [chosen('time', T, choice)];
    return times
      .flatMap((t) => range(Z).map((z) => pictureOf(one, t, z, spacing)))
      .sort((a, b) => a.channels[0]![0]! - b.channels[0]![0]!);
  });
}

/** Each page of each picture by itself, in the file's order. */
const apart = (pictures: readonly ChosenPages[]): ChosenPages[] =>
  pictures
    .flatMap(({ channels, ...picture }) => channels.map((slices) => ({ ...picture, channels: [slices] })))
    .sort((a, b) => a.channels[0]![0]! - b.channels[0]![0]!);

/**
 * Which pages make the picture asked for, or all pictures: nothing of a file is left out unless an option says so.
 *
 * @param size bytes of the file.
 * @param all every plane as a picture of its own, or all slices of one picture as a volume.
 * @throws {Unsupported} where the file leaves open which picture is meant, with what there is and what chooses.
 */
export function chosenPages(
  pages: readonly Directory[],
  choice: PageChoice,
  size: number,
  all: boolean,
): ChosenPages[] {
  const single = (index: number): ChosenPages => ({ channels: [[index]], volume: false });
  if (choice.page !== undefined) return [single(chosen('page', pages.length, choice))];
  const own = ownPages(pages);
  const meaning = meaningOf(pages, own);
  const { spacing, images } = meaning;
  const spaced = (picture: ChosenPages): ChosenPages => ({ ...picture, ...(spacing && { spacing }) });
  // Pages of one directory follow each other uncompressed; a description may also be left over from a stack.
  if (pages.length === 1 && images !== undefined && images > 1 && images * stored(pages[0]!) <= size)
    throw new Unsupported(
      `ImageJ's ${images} images in one directory are not supported; save it as a TIFF below 4 GB, or read the first with page: 0`,
    );
  const alone = () => inOrder('ZCT', { Z: 1, C: 1, T: 1 }, own);
  const series = meaning.series ?? [own.length === 1 ? alone() : plainSeries(pages, own)];
  const odd = meaning.odd ?? series.find((one) => one.odd !== undefined)?.odd;
  if (own.length === 1 && odd !== undefined)
    throw new Unsupported(
      `${odd}; save them as one file with a page for each, or read the one that is here with page: ${own[0]}`,
    );
  if (choice.axis === 'pages') return [spaced({ channels: own.map((index) => [index]), volume: false })];
  const asked = choice.series ?? choice.time;
  const separate = choice.axis === 'samples' && series.some(({ sizes }) => sizes.C > 1);
  if (all && odd !== undefined && asked === undefined) return own.map(single).map(spaced);
  const advice = 'say with page which one, or read all of its pages with readStack';
  // Whoever names a series has seen that there is more.
  if (meaning.odd !== undefined && choice.series === undefined)
    throw new Unsupported(`${meaning.odd}; ${advice}`);
  if (all) {
    const pictures = allPlanes(series, meaning, choice);
    return separate ? apart(pictures) : pictures;
  }
  if (separate)
    throw new Unsupported(
      `with channelAxis 'samples' each of its ${own.length} pages is a picture; ${advice}`,
    );
  const found = series[chosen('series', series.length, choice, described(series))]!;
  if (found.odd !== undefined) throw new Unsupported(`${found.odd}; ${advice}`);
  return [pictureOf(found, chosen('time', found.sizes.T, choice), undefined, spacing)];
}
