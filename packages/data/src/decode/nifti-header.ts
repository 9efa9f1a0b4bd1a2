import { Unsupported } from './faults.js';

interface NiftiType {
  readonly name:
    | 'uint8'
    | 'int8'
    | 'int16'
    | 'uint16'
    | 'int32'
    | 'uint32'
    | 'int64'
    | 'uint64'
    | 'float32'
    | 'float64'
    | 'RGB24'
    | 'RGBA32';
  /** Of a voxel. */
  readonly bytes: number;
  /** Values of a voxel. */
  readonly samples: number;
}

/** What a NIfTI header says of the voxels behind it. */
export interface NiftiHeader {
  readonly little: boolean;
  readonly type: NiftiType;
  readonly width: number;
  readonly height: number;
  /** Left out when there is one slice. */
  readonly depth?: number;
  /** Along the fourth axis, or the fifth. */
  readonly volumes: number;
  /** Where the voxels begin, in bytes. */
  readonly offset: number;
  readonly slope: number;
  readonly intercept: number;
  /** Micrometres, `[z,] y, x`. */
  readonly spacing?: readonly number[];
}

const types: Readonly<Record<number, NiftiType>> = {
  2: { name: 'uint8', bytes: 1, samples: 1 },
  4: { name: 'int16', bytes: 2, samples: 1 },
  8: { name: 'int32', bytes: 4, samples: 1 },
  16: { name: 'float32', bytes: 4, samples: 1 },
  64: { name: 'float64', bytes: 8, samples: 1 },
  128: { name: 'RGB24', bytes: 3, samples: 3 },
  256: { name: 'int8', bytes: 1, samples: 1 },
  512: { name: 'uint16', bytes: 2, samples: 1 },
  768: { name: 'uint32', bytes: 4, samples: 1 },
  1024: { name: 'int64', bytes: 8, samples: 1 },
  1280: { name: 'uint64', bytes: 8, samples: 1 },
  2304: { name: 'RGBA32', bytes: 4, samples: 4 },
};

const others: Readonly<Record<number, string>> = {
  1: '1-bit voxels',
  32: 'complex64 voxels',
  1536: 'float128 voxels',
  1792: 'complex128 voxels',
  2048: 'complex256 voxels',
};

/** Micrometres in a unit; millimetres where none is named, as every reader takes it. */
const micrometres: Readonly<Record<number, number>> = { 0: 1e3, 1: 1e6, 2: 1e3, 3: 1 };

/** Where the two versions keep the same facts. */
const places = {
  1: { least: 348, magic: 344, dim: 40, type: 70, pixdim: 76, offset: 108, slope: 112, units: 123 },
  2: { least: 540, magic: 4, dim: 16, type: 12, pixdim: 104, offset: 168, slope: 176, units: 500 },
} as const;

/**
 * Reads the header of a NIfTI-1 or -2 file.
 * @returns `undefined` when the bytes are no NIfTI header.
 * @throws {Error} where it is damaged; `Unsupported` where the voxels are of a kind not read here.
 */
export function niftiHeader(bytes: Uint8Array): NiftiHeader | undefined {
  if (bytes.length < 348) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const little = [348, 540].includes(view.getInt32(0, true));
  const size = view.getInt32(0, little);
  if (size !== 348 && size !== 540) return undefined;
  const version = size === 348 ? 1 : 2;
  const place = places[version];
  const magic = String.fromCharCode(...bytes.subarray(place.magic, place.magic + 3));
  if (magic === `ni${version}`)
    throw new Unsupported('voxels in an .img file of their own are not supported; save it as one .nii file');
  if (magic !== `n+${version}` || bytes.length < place.least) return undefined;

  const int64 = (at: number) => Number(view.getBigInt64(at, little));
  const [first, second] = [version === 1, version === 2];
  const dims = Array.from({ length: 8 }, (_, i) =>
    first ? view.getInt16(place.dim + 2 * i, little) : int64(place.dim + 8 * i),
  );
  const real = (at: number, i = 0) =>
    first ? view.getFloat32(at + 4 * i, little) : view.getFloat64(at + 8 * i, little);
  const offset = first ? view.getFloat32(place.offset, little) : int64(place.offset);
  const [rank] = dims as [number];
  if (!(rank >= 1 && rank <= 7)) throw new Error(`it declares ${rank} axes`);
  const sizes = dims.slice(1).map((side, i) => (i < rank ? side : 1));
  if (sizes.some((side) => side < 1)) throw new Error(`it declares ${sizes.slice(0, rank).join('×')} voxels`);
  const [width, height, slices, times, vectors] = sizes as [number, number, number, number, number];
  if ((times > 1 && vectors > 1) || sizes[5]! > 1 || sizes[6]! > 1)
    throw new Unsupported(
      `${sizes.slice(0, rank).join('×')} voxels are not supported; save one volume, or volumes along one further axis`,
    );
  const code = view.getInt16(place.type, little);
  const type = types[code];
  if (type === undefined)
    throw others[code] === undefined
      ? new Error(`it declares the unknown type ${code}`)
      : new Unsupported(`${others[code]} are not supported; save it as float32`);
  if (type.samples > 1 && times * vectors > 1)
    throw new Unsupported('several volumes of colours are not supported; save them one by one');
  if (!Number.isInteger(offset) || offset < place.least)
    throw new Error(`its voxels are said to begin at byte ${offset}`);

  const [slope, intercept] = [real(place.slope), real(place.slope, 1)];
  // By the standard a slope of 0 means that the values are as stored; colours are never scaled.
  const plain = !Number.isFinite(slope) || slope === 0 || !Number.isFinite(intercept) || type.samples > 1;
  const flat = slices === 1;
  const unit = micrometres[(second ? view.getInt32(place.units, little) : bytes[place.units]!) & 7];
  const sides = (flat ? [2, 1] : [3, 2, 1]).map(
    (i) => Math.abs(real(place.pixdim, i)) * (unit ?? Number.NaN),
  );
  return {
    little,
    type,
    width,
    height,
    ...(!flat && { depth: slices }),
    volumes: times * vectors,
    offset,
    slope: plain ? 1 : slope,
    intercept: plain ? 0 : intercept,
    ...(sides.every((side) => side > 0 && Number.isFinite(side)) && { spacing: sides }),
  };
}
