import type { Decoded } from './decoded.js';

/** Which bits of a pixel are red, green, blue and alpha; 0 for none. */
export type ColourMasks = readonly [number, number, number, number];

/** The masks of a BITFIELDS header, or those that its depth implies. */
export function bmpMasks(view: DataView, bits: number, fields: boolean, withAlpha: boolean): ColourMasks {
  if (!fields) return bits === 16 ? [0x7c00, 0x3e0, 0x1f, 0] : [0xff_0000, 0xff00, 0xff, 0];
  // They follow a header of 40 bytes and are part of longer ones.
  if (view.byteLength < (withAlpha ? 70 : 66)) throw new Error('its colour masks are missing');
  const [red, green, blue] = [54, 58, 62].map((at) => view.getUint32(at, true)) as [number, number, number];
  const alpha = withAlpha ? view.getUint32(66, true) : 0;
  const all = [red, green, blue, alpha];
  const contiguous = all.every((mask) => {
    const low = mask >>> trailingZeros(mask);
    return (low & (low + 1)) === 0;
  });
  const apart = all.every((mask, i) => all.every((other, k) => k === i || (mask & other) === 0));
  const inside = bits === 32 || all.every((mask) => mask <= 0xffff);
  if (!contiguous || !apart || !inside || red === 0 || green === 0 || blue === 0)
    throw new Error(`its colour masks are damaged (${all.map((mask) => mask.toString(16)).join(', ')})`);
  return [red, green, blue, alpha];
}

const trailingZeros = (mask: number) => (mask === 0 ? 0 : 31 - Math.clz32(mask & -mask));

/** Pixels of 16 or 32 bits as 8-bit colours, n bits stretched to 0–255. */
export function maskedPixels(
  row: (y: number) => Uint8Array,
  { height, width, bits }: { readonly height: number; readonly width: number; readonly bits: number },
  masks: ColourMasks,
): Decoded {
  const channels = masks[3] === 0 ? 3 : 4;
  const parts = masks.slice(0, channels).map((mask) => {
    const shift = trailingZeros(mask);
    return { shift, largest: mask >>> shift };
  });
  const data = new Uint8Array(height * width * channels);
  const step = bits / 8;
  for (let y = 0, to = 0; y < height; y++) {
    const line = row(y);
    for (let x = 0, at = 0; x < width; x++, at += step) {
      const low = line[at]! | (line[at + 1]! << 8);
      const pixel = bits === 16 ? low : low | (line[at + 2]! << 16) | (line[at + 3]! << 24);
      for (let c = 0; c < channels; c++) {
        const { shift, largest } = parts[c]!;
        const value = ((pixel >>> shift) & largest) >>> 0;
        data[to++] = largest === 255 ? value : Math.floor((value * 255) / largest);
      }
    }
  }
  return { raster: { data, height, width, channels }, bits: 8, alpha: channels === 4 };
}
