import { isRecord } from '@segscape/core';
import { registry } from 'zarrita';
import { crc32c } from '../decode/crc32.js';
import { Unsupported } from '../decode/faults.js';
import { readyZstandard, unzstandard, zstandardSize } from '../decode/zstandard.js';

type Json = Readonly<Record<string, unknown>>;
type Inflate = (bytes: Uint8Array) => Promise<Uint8Array> | Uint8Array;
type Entry = Awaited<ReturnType<NonNullable<ReturnType<typeof registry.get>>>>;
type Meta = Parameters<Entry['fromConfig']>[1];

/** Bytes of a chunk as it is and, where filters made other values of it, at most. */
interface Room {
  readonly own: number;
  readonly most: number;
}

const tooMany = (most: number) => new Error(`a chunk gives more than ${most} bytes`);

/** By the platform's own stream, given up as soon as it is too much. */
async function inflated(bytes: Uint8Array, format: 'gzip' | 'deflate', most: number): Promise<Uint8Array> {
  const stream = new Blob([bytes.slice()]).stream().pipeThrough(new DecompressionStream(format));
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw tooMany(most);
    }
    parts.push(value);
  }
  const out = new Uint8Array(length);
  let to = 0;
  for (const part of parts) {
    out.set(part, to);
    to += part.length;
  }
  return out;
}

/** Blosc and LZ4 are believed in what they say that they give, so that alone is to be bounded. */
function declared(bytes: Uint8Array, at: number, most: number): void {
  if (bytes.length < at + 4) throw new Error('a chunk ends in its header');
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(at, true);
  if (size > most) throw tooMany(most);
}

/** Without its last four bytes, which are the checksum of the others. */
function checked(bytes: Uint8Array): Uint8Array {
  const end = bytes.length - 4;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (end < 0 || view.getUint32(end, true) !== crc32c(bytes, 0, end))
    throw new Error('the checksum (CRC-32C) of a chunk, or of the index of a shard, is wrong');
  return bytes.subarray(0, end);
}

/** What each compression does before, or in place of, zarrita's own decoder. */
const bounds: Readonly<Record<string, (room: Room, plain: Inflate) => Inflate>> = {
  // zarrita takes it off unseen.
  crc32c: () => checked,
  gzip:
    ({ most }) =>
    (bytes) =>
      inflated(bytes, 'gzip', most),
  zlib:
    ({ most }) =>
    (bytes) =>
      inflated(bytes, 'deflate', most),
  zstd: (room, plain) => async (bytes) => {
    const size = zstandardSize(bytes);
    if (size === undefined) {
      await readyZstandard();
      return unzstandard(bytes, [room.own]);
    }
    if (size > room.most) throw tooMany(room.most);
    return plain(bytes);
  },
  blosc:
    ({ most }, plain) =>
    (bytes) => {
      declared(bytes, 4, most);
      return plain(bytes);
    },
  lz4:
    ({ most }, plain) =>
    (bytes) => {
      declared(bytes, 0, most);
      return plain(bytes);
    },
};

/** Filters keep the number of values, and the widest has 8 bytes; checksums and headers add a little. */
function roomOf({ shape, dataType }: Meta): Room {
  const values = shape.reduce((a, b) => a * b, 1);
  const bits = Number(/\d+$/.exec(dataType)?.[0] ?? 8);
  return { own: values * Math.max(1, bits / 8), most: 8 * values + 2 ** 16 };
}

/** Under names of their own: what else in a program reads by zarrita keeps its decoders. */
const prefix = 'bounded.';

function register(): void {
  for (const [name, bounded] of Object.entries(bounds)) {
    const entry = async (): Promise<Entry> => {
      const plain = await registry.get(name)!();
      return {
        fromConfig(config, meta) {
          const made = plain.fromConfig(config, meta);
          const decode = bounded(roomOf(meta), (bytes) => made.decode(bytes));
          const size = made.computeEncodedSize?.bind(made);
          const encode = made.encode.bind(made) as (bytes: Uint8Array) => Uint8Array;
          return { kind: 'bytes_to_bytes', encode, decode, ...(size && { computeEncodedSize: size }) };
        },
      };
    };
    for (const full of [`${prefix}${name}`, `numcodecs.${prefix}${name}`])
      if (!registry.has(full)) registry.set(full, entry);
  }
}

/** The bounded form of a decoder's name, if it is one that makes many bytes of few. */
const boundedName = (name: string) => {
  const bare = name.replace(/^numcodecs\./, '');
  return Object.hasOwn(bounds, bare) ? name.replace(bare, `${prefix}${bare}`) : name;
};

/** Filters or a compressor of Zarr 2, which zarrita knows by longer names. */
function second(given: unknown, what: string): Json {
  if (!isRecord(given) || typeof given.id !== 'string') throw new Error(`its ${what} is damaged`);
  const { id } = given;
  if (!registry.has(`numcodecs.${id}`) && !/^(numcodecs\.)?fixedscaleoffset$/.test(id))
    throw new Unsupported(`the ${what} '${id}' is not supported; save it with zstd, gzip or blosc`);
  return { ...given, id: boundedName(id) };
}

/** Sides of the chunks in a shard; they divide its own. */
function innerSides(given: unknown, shard: unknown): void {
  const sides = (of: unknown): of is number[] =>
    Array.isArray(of) && of.every((side) => Number.isInteger(side) && side > 0);
  if (!sides(given) || !sides(shard) || given.length !== shard.length)
    throw new Error('the chunks of its shards are damaged');
  if (shard.some((side, i) => side % given[i]! !== 0))
    throw new Error(`chunks of ${given.join('×')} do not divide its shards of ${shard.join('×')}`);
}

/** @param shard sides of a shard, where the codecs are not those inside of one. */
function shardOf(configuration: unknown, shard: unknown, single: boolean): Json {
  if (!isRecord(configuration)) throw new Error('its codecs are damaged');
  const { codecs, index_codecs: index, chunk_shape: inner, index_location: place = 'end' } = configuration;
  if (shard === undefined)
    throw new Unsupported('shards in shards are not supported; save it with plain shards');
  if (place !== 'end')
    throw new Unsupported(
      'shards that begin with their index are not supported; save it with the index at the end',
    );
  innerSides(inner, shard);
  return {
    ...configuration,
    codecs: third(codecs, undefined, single),
    index_codecs: third(index, undefined, false),
  };
}

/**
 * Codecs of Zarr 3, with those inside a shard.
 * @param single whether values are truth values: one byte each, whose order zarrita would turn about by fours.
 */
function third(given: unknown, shard: unknown, single: boolean): Json[] {
  if (!Array.isArray(given)) throw new Error('its codecs are damaged');
  return given.map((codec: unknown) => {
    if (!isRecord(codec) || typeof codec.name !== 'string') throw new Error('its codecs are damaged');
    const { name, configuration } = codec;
    if (name === 'sharding_indexed') {
      if (given.length > 1)
        throw new Unsupported(
          'shards that are packed as a whole are not supported; save it with plain shards',
        );
      return { ...codec, configuration: shardOf(configuration, shard, single) };
    }
    if (!registry.has(name))
      throw new Unsupported(`the codec '${name}' is not supported; save it with zstd, gzip or blosc`);
    if (name === 'bytes' && single) return { name };
    return { ...codec, name: boundedName(name) };
  });
}

/**
 * An array's description, naming decoders that give no more than a chunk can hold.
 * @param bytes of a `.zarray` or `zarr.json`; others stay as they are.
 * @throws {Error} where its list of codecs is damaged; `Unsupported` where one is not known.
 */
export function withBoundedCodecs(bytes: Uint8Array): Uint8Array {
  let described: unknown;
  try {
    described = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // What reads it next says so.
    return bytes;
  }
  if (!isRecord(described)) return bytes;
  register();
  const { filters, compressor, codecs, chunk_grid: grid, data_type: kind } = described;
  const sides = isRecord(grid) && isRecord(grid.configuration) ? grid.configuration.chunk_shape : undefined;
  if (filters !== undefined && filters !== null && !Array.isArray(filters))
    throw new Error('its filters are damaged');
  const changed = {
    ...described,
    ...(Array.isArray(filters) && { filters: filters.map((filter) => second(filter, 'filter')) }),
    ...(compressor !== undefined && compressor !== null && { compressor: second(compressor, 'compressor') }),
    ...(codecs !== undefined && { codecs: third(codecs, sides ?? null, kind === 'bool') }),
  };
  return new TextEncoder().encode(JSON.stringify(changed));
}
