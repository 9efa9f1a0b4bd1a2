/**
 * OME-Zarr pyramids (OME-NGFF 0.4 and 0.5; Zarr 2 and 3) by the optional package `zarrita`.
 *
 *     import { readOmeZarr } from '@segscape/data/ome-zarr';
 *
 *     const image = await readOmeZarr('cells.ome.zarr', { scale: 0.25 });
 *     const nuclei = await readOmeZarr('cells.ome.zarr', { scale: 0.25, labels: 'nuclei' });
 *
 * @module
 */
import { assertOption, type Raster, SegscapeError } from '@segscape/core';
import { assertOptions, integer, number, options as optionsOf, text, word } from '@segscape/core/schema';
import { isZarritaError, open, root } from 'zarrita';
import { finished } from './decode/decoded.js';
import { assertDeclared, defaultLimits, Unsupported } from './decode/faults.js';
import { narrowed } from './decode/narrowed.js';
import { chosenLevel } from './decode/pyramid.js';
import { withBoundedCodecs } from './ome-zarr/bounded-codecs.js';
import { type Level, levelsOf } from './ome-zarr/levels.js';
import { type ZarrSource, zarrStore } from './ome-zarr/store.js';
import { selectionOf, voxelsOf } from './ome-zarr/voxels.js';
import type { ZarrStore } from './ome-zarr/zarr-store.js';
import { maxBytes as bound } from './option-lines.js';
import { readFailure } from './read-failure.js';

export type { ZarrSource } from './ome-zarr/store.js';
export type { ZarrRange, ZarrStore } from './ome-zarr/zarr-store.js';

export interface OmeZarrOptions {
  /** Which level of the pyramid, 0 the largest. Default 0, or as `scale` says. */
  readonly level?: number;
  /** The smallest level that has at least so much of the largest one's height and width. */
  readonly scale?: number;
  /** Name of a label image of the same pyramid, read in place of the picture. */
  readonly labels?: string;
  /** Which point in time; must be said where there are several. */
  readonly time?: number;
  /** `'instances'` numbers ids beyond 32 bits anew. Default `'labels'` with `labels`, else `'image'`. */
  readonly as?: 'image' | 'labels' | 'instances';
  /** Most bytes of decoded voxels. Default 2²⁸. */
  readonly maxBytes?: number;
}

const schema = optionsOf<OmeZarrOptions>({
  level: integer('Level of the pyramid, 0 the largest.', { minimum: 0 }),
  scale: number("Least share of the largest level's height and width.", { exclusiveMinimum: 0, maximum: 1 }),
  labels: text('Name of a label image.'),
  time: integer('Which point in time.', { minimum: 0 }),
  as: word('What the values are.', ['image', 'labels', 'instances'], { default: 'image' }),
  maxBytes: bound,
});

const where = 'readOmeZarr';

async function groupAt(store: ZarrStore, path: string) {
  return open(root(store).resolve(path), { kind: 'group' });
}

const axisOf = ({ axes }: Level, name: string) => axes.findIndex((axis) => axis.name === name);

/** The same store, its arrays' chunks bounded. */
const bounded = (store: ZarrStore): ZarrStore => ({
  ...(store.getRange && {
    async getRange(key, range) {
      const bytes = await store.getRange!(key, range);
      const wanted = 'suffixLength' in range ? range.suffixLength : range.length;
      if (bytes !== undefined && bytes.length < wanted)
        throw new Error(`a shard, '${key}', holds ${bytes.length} of ${wanted} bytes`);
      return bytes;
    },
  }),
  async get(key) {
    const bytes = await store.get(key);
    return bytes !== undefined && /\/(\.zarray|zarr\.json)$/.test(key) ? withBoundedCodecs(bytes) : bytes;
  },
});

async function picture(store: ZarrStore, options: OmeZarrOptions): Promise<Raster> {
  const { labels, time, level, scale, maxBytes = defaultLimits.maxBytes } = options;
  const place = labels === undefined ? '/' : `/labels/${labels}`;
  const group = await groupAt(store, place);
  const levels = levelsOf(group.attrs);
  const shapes = await Promise.all(
    levels.map(async ({ path }) => (await open(group.resolve(path), { kind: 'array' })).shape),
  );
  const side = (shape: readonly number[], name: string) => shape[axisOf(levels[0]!, name)] ?? 0;
  const sizes = shapes.map((shape) => ({ height: side(shape, 'y'), width: side(shape, 'x') }));
  const chosen = levels[chosenLevel(where, sizes, { level, scale })]!;
  const array = await open(group.resolve(chosen.path), { kind: 'array' });
  const selection = selectionOf(chosen, array.shape, time);
  // A chunk is made as a whole, whatever is wanted of it.
  const chunk = array.chunks.reduce((a, b) => a * b, 1);
  assertDeclared({ ...selection.form, widthOfValue: bytesOf(array.dtype) }, { maxBytes });
  assertDeclared({ width: chunk, height: 1, widthOfValue: bytesOf(array.dtype) }, { maxBytes });
  const values = await voxelsOf(array, selection);
  const { data, wide } = narrowed(values);
  const raster = { ...selection.form, data, ...(selection.spacing && { spacing: selection.spacing }) };
  const { as = labels === undefined ? 'image' : 'labels' } = options;
  const bits = 8 * bytesOf(array.dtype);
  const decoded = { raster, bits, ...(wide && { wide }) };
  return finished(decoded, { as, alpha: 'keep', orientation: 'ignore', maxBytes }).raster;
}

/** Bytes of a value, by the name of its type. */
function bytesOf(dtype: string): number {
  const bits = /^(?:u?int|float)(8|16|32|64)$/.exec(dtype)?.[1];
  if (bits !== undefined && dtype !== 'float16') return Number(bits) / 8;
  if (dtype === 'bool') return 1;
  throw new Unsupported(`values of type ${dtype} are not supported; save it as integers or float32`);
}

/**
 * Reads one level of an OME-Zarr picture, or of one of its label images. Axes are told by their names: z becomes the
 * depth, channels the channels, and of several points in time one is chosen by `time`. Chunks that are not there hold the
 * fill value, as Zarr says. Chunks may be kept together in shards, whose checksums are looked at.
 *
 * @param source a folder's path (Node), a URL (browser), the path of a ZIP file (`.zip`, `.ozx`) or its bytes or Blob, the
 * files of a folder that a user picked, or a store with `get(key)` and, for shards, `getRange(key, range)`.
 * @param options see `OmeZarrOptions`; `level` and `scale` exclude each other.
 * @returns `[depth,] height, width, channels` of that level; `spacing` in µm, `[z,] y, x`, where the axes name units.
 * 64-bit integers become Int32, float64 float32.
 * @throws {SegscapeError} `NOT_FOUND` where there is no OME-Zarr, no such level or label; `UNREADABLE_IMAGE` when it is
 * damaged; `UNSUPPORTED_FORMAT` for other axes, unknown codecs, and levels or chunks larger than `maxBytes`; `BAD_OPTION`.
 * @see Moore et al., OME-Zarr, Histochemistry and Cell Biology 160, 2023. https://ngff.openmicroscopy.org
 */
export async function readOmeZarr(source: ZarrSource, options: OmeZarrOptions = {}): Promise<Raster> {
  assertOptions(where, options, schema);
  const { level, scale, labels } = options;
  assertOption(level === undefined || scale === undefined, where, 'level', level, 'not be given with scale');
  const { store, name } = zarrStore(source);
  try {
    return await picture(bounded(store), options);
  } catch (cause) {
    throw failure(name, labels, cause);
  }
}

/**
 * The names of the label images that a picture comes with.
 *
 * @param source as of `readOmeZarr`.
 * @returns the names, none when there are no labels.
 * @throws {SegscapeError} `UNREADABLE_IMAGE` when their list is damaged.
 */
export async function omeZarrLabels(source: ZarrSource): Promise<string[]> {
  const { store, name } = zarrStore(source);
  try {
    const { attrs } = await groupAt(store, '/labels');
    const named = (attrs.ome as { labels?: unknown } | undefined)?.labels ?? attrs.labels ?? [];
    if (!Array.isArray(named)) throw new Error('its list of labels is damaged');
    return named.map(String);
  } catch (cause) {
    if (isZarritaError(cause, 'NotFoundError')) return [];
    throw failure(name, undefined, cause);
  }
}

function failure(name: string, labels: string | undefined, cause: unknown): SegscapeError {
  if (isZarritaError(cause, 'NotFoundError')) {
    const what = labels === undefined ? 'no OME-Zarr picture' : `no label image '${labels}'`;
    const text = `${where}: there is ${what} in '${name}' (${cause.message}).`;
    return new SegscapeError('NOT_FOUND', text, { details: { path: name }, cause });
  }
  const foreign = isZarritaError(cause, 'UnknownCodecError') || isZarritaError(cause, 'UnsupportedError');
  // What a decoder said is inside of what the pipeline says.
  const inner =
    isZarritaError(cause, 'CodecPipelineError') && cause.cause instanceof Error ? cause.cause : cause;
  const known = foreign ? new Unsupported((cause as Error).message, { cause }) : inner;
  return readFailure(where, name, 'OME-Zarr', known);
}
