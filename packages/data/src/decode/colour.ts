/** Cyan, magenta, yellow and black (0 no ink, `full` all of it) to red, green and blue, as Pillow converts them. */
export function cmykToRgb(
  data: Uint8Array | Uint16Array,
  channels: number,
  full: 255 | 65_535,
): Uint8Array | Uint16Array {
  const pixels = data.length / channels;
  const to = channels - 1;
  const out = full === 255 ? new Uint8Array(pixels * to) : new Uint16Array(pixels * to);
  for (let i = 0; i < pixels; i++) {
    const light = full - data[i * channels + 3]!;
    for (let c = 0; c < 3; c++)
      out[i * to + c] = Math.max(0, light - Math.round((data[i * channels + c]! * light) / full));
    for (let c = 4; c < channels; c++) out[i * to + c - 1] = data[i * channels + c]!;
  }
  return out;
}
