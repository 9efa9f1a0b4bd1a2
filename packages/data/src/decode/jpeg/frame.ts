import { Unsupported } from '../faults.js';

export interface Component {
  readonly id: number;
  /** Sampling factors, 1 to 4. */
  readonly h: number;
  readonly v: number;
  readonly table: number;
  /** Samples of the component in the picture. */
  readonly width: number;
  readonly height: number;
  /** Blocks of 8×8 in which they lie, and those of all whole units of the interleaved scan. */
  readonly blocksAcross: number;
  readonly blocksDown: number;
  readonly stride: number;
  readonly rows: number;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly progressive: boolean;
  readonly components: readonly Component[];
  /** Largest sampling factors. */
  readonly h: number;
  readonly v: number;
  /** Units (MCUs) of an interleaved scan. */
  readonly unitsAcross: number;
  readonly unitsDown: number;
}

/** What the start-of-frame markers other than baseline, extended and progressive stand for. */
const others: Readonly<Record<number, string>> = {
  195: 'lossless',
  197: 'hierarchical',
  198: 'hierarchical',
  199: 'hierarchical',
  201: 'arithmetic coded',
  202: 'arithmetic coded',
  203: 'lossless',
  205: 'hierarchical',
  206: 'hierarchical',
  207: 'hierarchical',
};

/** The frame header `data` of the marker (T.81, B.2.2). */
export function frameOf(marker: number, data: Uint8Array): Frame {
  const other = others[marker];
  if (other !== undefined)
    throw new Unsupported(`${other} JPEG is not supported; convert to baseline JPEG or to PNG`);
  const [bits, count] = [data[0]!, data[5]!];
  if (data.length < 6 || data.length !== 6 + 3 * count || count < 1)
    throw new Error('its frame header is damaged');
  if (bits !== 8)
    throw new Unsupported(`${bits}-bit samples are not supported; convert to 8-bit JPEG or 16-bit PNG`);
  const [height, width] = [(data[1]! << 8) | data[2]!, (data[3]! << 8) | data[4]!];
  if (height === 0 && width > 0)
    throw new Unsupported('a height that stands behind the data (DNL) is not supported; save the file anew');
  if (width === 0) throw new Error('it declares a width of 0');
  if (count > 4) throw new Unsupported(`${count} components are not supported; convert to PNG or TIFF`);
  const parts = Array.from({ length: count }, (_, i) => {
    const [id, sampling, table] = data.subarray(6 + 3 * i) as Iterable<number> as [number, number, number];
    return { id, h: sampling >> 4, v: sampling & 15, table };
  });
  if (parts.some(({ h, v, table }) => h < 1 || h > 4 || v < 1 || v > 4 || table > 3))
    throw new Error('its frame header is damaged');
  const [h, v] = [Math.max(...parts.map((part) => part.h)), Math.max(...parts.map((part) => part.v))];
  if (parts.some((part) => h % part.h !== 0 || v % part.v !== 0))
    throw new Unsupported('its chroma sampling is not supported; save it as 4:4:4 or 4:2:0');
  const [unitsAcross, unitsDown] = [Math.ceil(width / (8 * h)), Math.ceil(height / (8 * v))];
  const components = parts.map((part) => {
    const [own, down] = [Math.ceil((width * part.h) / h), Math.ceil((height * part.v) / v)];
    return {
      ...part,
      width: own,
      height: down,
      blocksAcross: Math.ceil(own / 8),
      blocksDown: Math.ceil(down / 8),
      stride: unitsAcross * part.h,
      rows: unitsDown * part.v,
    };
  });
  return { width, height, progressive: marker === 0xc2, components, h, v, unitsAcross, unitsDown };
}
