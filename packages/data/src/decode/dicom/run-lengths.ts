/** Runs of bytes as PackBits: n below 128 copies the next n + 1, above it repeats the next 257 − n times. */
function unpacked(bytes: Uint8Array, out: Uint8Array, first: number, step: number, count: number): void {
  let done = 0;
  for (let at = 0; at < bytes.length && done < count; ) {
    const n = bytes[at++]!;
    if (n === 128) continue;
    const length = Math.min(n < 128 ? n + 1 : 257 - n, count - done);
    if (n < 128) {
      if (at + length > bytes.length) break;
      for (let i = 0; i < length; i++) out[first + (done + i) * step] = bytes[at + i]!;
      at += n + 1;
    } else {
      if (at >= bytes.length) break;
      for (let i = 0; i < length; i++) out[first + (done + i) * step] = bytes[at]!;
      at++;
    }
    done += length;
  }
  if (done < count) throw new Error(`its run lengths end after ${done} of ${count} values`);
}

/** The most bytes that one can become: a run of 128 takes two. */
export const runLengthRatio = 64;

/**
 * DICOM's run lengths (PS3.5, annex G): a header of offsets, then each byte of the samples as a plane of its own, the
 * high byte first.
 *
 * @param width bytes of a sample.
 * @returns samples side by side, low byte first.
 * @throws {Error} where the data are damaged or end early.
 */
export function decodeRunLengths(
  bytes: Uint8Array,
  pixels: number,
  channels: number,
  width: number,
): Uint8Array {
  if (bytes.length < 64) throw new Error('the header of its run lengths is damaged');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const segments = channels * width;
  if (view.getUint32(0, true) !== segments)
    throw new Error(`it has ${view.getUint32(0, true)} planes of run lengths, ${segments} are needed`);
  const out = new Uint8Array(pixels * segments);
  for (let segment = 0; segment < segments; segment++) {
    const from = view.getUint32(4 + 4 * segment, true);
    const to = segment + 1 < segments ? view.getUint32(8 + 4 * segment, true) : bytes.length;
    if (from < 64 || to < from || to > bytes.length)
      throw new Error('the header of its run lengths is damaged');
    const channel = Math.floor(segment / width);
    const place = channel * width + (width - 1 - (segment % width));
    unpacked(bytes.subarray(from, to), out, place, segments, pixels);
  }
  return out;
}
