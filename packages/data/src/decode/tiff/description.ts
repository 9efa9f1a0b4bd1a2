import type { Directory } from './directory.js';

/** What a TIFF's tags and its writer's description say of its pages. */
export interface TiffMeaning {
  /** Micrometres of a pixel `[y, x]`. */
  readonly spacing?: readonly [number, number];
  /** Pages that are channels of one picture: how many, and how far apart. */
  readonly channels?: { readonly count: number; readonly stride: number };
  /** Pictures that ImageJ says there are; beyond 4 GB it writes one directory for all. */
  readonly images?: number;
}

const micro = 'µ|μ|\\\\u00B5';
/** Micrometres of a unit, by the names that ImageJ and OME-XML use. */
function micrometres(unit: string): number | undefined {
  if (new RegExp(`^(microns?|um|(${micro})m)$`, 'i').test(unit)) return 1;
  const known: Readonly<Record<string, number>> = {
    nm: 1e-3,
    mm: 1e3,
    cm: 1e4,
    m: 1e6,
    inch: 25_400,
    in: 25_400,
  };
  return Object.hasOwn(known, unit) ? known[unit] : undefined;
}

const isSize = (size: number | undefined): size is number =>
  size !== undefined && size > 0 && Number.isFinite(size);

/** From XResolution and YResolution with a unit of inches or centimetres, or ImageJ's own unit. */
function byResolution(tags: Directory, unit: number | undefined): Pick<TiffMeaning, 'spacing'> {
  const size = unit ?? [undefined, undefined, 25_400, 10_000][tags.first(296, 2)];
  if (size === undefined || !tags.has(282) || !tags.has(283)) return {};
  const [y, x] = [size / tags.first(283), size / tags.first(282)];
  return isSize(y) && isSize(x) ? { spacing: [y, x] } : {};
}

function imageJ(text: string, tags: Directory): TiffMeaning {
  const field = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1];
  const unit = micrometres(field('unit') ?? '');
  const count = Number(field('channels') ?? 1);
  const images = Number(field('images') ?? 1);
  const whole = Number.isInteger(count) && count > 1 && images % count === 0;
  return {
    ...(unit === undefined ? {} : byResolution(tags, unit)),
    // ImageJ lays its pages out with the channels fastest.
    ...(whole ? { channels: { count, stride: 1 } } : {}),
    ...(Number.isInteger(images) ? { images } : {}),
  };
}

function omeXml(text: string, pages: number): TiffMeaning {
  const pixels = /<(?:\w+:)?Pixels\b([^>]*)>/.exec(text)?.[1] ?? '';
  const attribute = (name: string) => new RegExp(`\\b${name}\\s*=\\s*["']([^"']*)["']`).exec(pixels)?.[1];
  const length = (axis: string) => {
    const value = attribute(`PhysicalSize${axis}`);
    return value === undefined
      ? undefined
      : Number(value) * (micrometres(attribute(`PhysicalSize${axis}Unit`) ?? 'um') ?? Number.NaN);
  };
  const [y, x] = [length('Y'), length('X')];
  const order = attribute('DimensionOrder') ?? 'XYZCT';
  const samples = Number(/\bSamplesPerPixel\s*=\s*["'](\d+)["']/.exec(text)?.[1] ?? 1);
  const sizes: Record<string, number> = {};
  for (const axis of 'ZCT')
    sizes[axis] = Number(attribute(`Size${axis}`) ?? 1) / (axis === 'C' ? samples : 1);
  const count = sizes.C!;
  let stride = 1;
  for (const axis of order.slice(2, Math.max(2, order.indexOf('C')))) stride *= sizes[axis] ?? 1;
  const whole = Number.isInteger(count) && count > 1 && count * sizes.Z! * sizes.T! === pages;
  return {
    ...(isSize(y) && isSize(x) ? { spacing: [y, x] as const } : {}),
    ...(whole ? { channels: { count, stride } } : {}),
  };
}

/** The JSON of tifffile: `{"shape": [3, 64, 64], "axes": "CYX"}`. */
function shaped(text: string, pages: number): TiffMeaning {
  let content: { readonly shape?: unknown; readonly axes?: unknown };
  try {
    content = JSON.parse(text) as typeof content;
  } catch {
    return {};
  }
  const { shape, axes } = content;
  if (typeof axes !== 'string' || !Array.isArray(shape) || shape.length !== axes.length) return {};
  const sizes = shape.map(Number);
  const [channel, rows] = [axes.indexOf('C'), axes.indexOf('Y')];
  if (channel < 0 || channel > rows) return {};
  const product = (from: number, to: number) => sizes.slice(from, to).reduce((a, b) => a * b, 1);
  if (product(0, rows) !== pages || sizes[channel]! < 2) return {};
  return { channels: { count: sizes[channel]!, stride: product(channel + 1, rows) } };
}

/** Reads the description of a file's first page. */
export function meaningOf(tags: Directory, pages: number): TiffMeaning {
  const text = tags.text(270);
  if (text.startsWith('ImageJ=')) {
    const own = imageJ(text, tags);
    return own.spacing === undefined ? { ...byResolution(tags, undefined), ...own } : own;
  }
  if (/<(?:\w+:)?OME[\s>]/.test(text.slice(0, 2000)))
    return { ...byResolution(tags, undefined), ...omeXml(text, pages) };
  const plain = byResolution(tags, undefined);
  return text.startsWith('{') ? { ...plain, ...shaped(text, pages) } : plain;
}
