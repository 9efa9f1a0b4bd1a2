/** A safetensors file with any header, however wrong, and as many bytes of values as its last offset names. */
export function safetensorsFile(header: unknown, values?: Uint8Array): Uint8Array {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const offsets = Object.values((typeof header === 'object' && header) || {}).map(
    (entry: { data_offsets?: number[] }) => entry.data_offsets?.[1] ?? 0,
  );
  const body = values ?? new Uint8Array(Math.max(0, ...offsets));
  const json = new TextEncoder().encode(text);
  const bytes = new Uint8Array(8 + json.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(body, 8 + json.length);
  return bytes;
}
