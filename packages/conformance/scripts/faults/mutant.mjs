/** Truncated, bits flipped, bytes set to what sizes fear, pieces doubled or left out. */
export function mutant(bytes, rng) {
  const kind = rng.integer(0, 6);
  const at = rng.integer(0, Math.max(1, bytes.length));
  const out = new Uint8Array(bytes);
  if (kind === 0) return { what: `cut at ${at}`, out: out.subarray(0, at) };
  if (kind === 1) {
    const bit = rng.integer(0, 8);
    out[at] ^= 1 << bit;
    return { what: `bit ${bit} of ${at}`, out };
  }
  if (kind === 2) {
    const length = Math.min(4, out.length - at);
    out.fill(rng.integer(0, 2) === 0 ? 0xff : 0, at, at + length);
    return { what: `${length} bytes at ${at} filled`, out };
  }
  if (kind === 3) {
    const head = rng.integer(0, Math.min(64, Math.max(1, out.length)));
    out[head] = [0, 1, 0x7f, 0x80, 0xff][rng.integer(0, 5)];
    return { what: `byte ${head} of the header`, out };
  }
  if (kind === 4) {
    const end = Math.min(out.length, at + rng.integer(1, 64));
    return { what: `${at}–${end} twice`, out: Buffer.concat([out.subarray(0, end), out.subarray(at)]) };
  }
  const end = Math.min(out.length, at + rng.integer(1, 64));
  return { what: `${at}–${end} left out`, out: Buffer.concat([out.subarray(0, at), out.subarray(end)]) };
}
