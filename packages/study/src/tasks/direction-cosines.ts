import type { Params } from '@segscape/core';

/** Values of some parameters, one after the other; one that a record lacks is 0. */
async function flat(record: Params, like: Params): Promise<Float64Array> {
  const names = Object.keys(like).sort();
  const out = new Float64Array(names.reduce((sum, name) => sum + like[name]!.size, 0));
  let at = 0;
  for (const name of names) {
    const own = record[name];
    if (own !== undefined) out.set(await own.data(), at);
    at += like[name]!.size;
  }
  return out;
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/**
 * Cosine of the angle between two lines through weights, in [0, 1]: eigenvectors have no sign. 0 where one has no length.
 * @param vector an eigenvector, of the parameters that count.
 * @param direction a record of the same parameters; others of it are left out.
 */
export async function lineCosine(vector: Params, direction: Params): Promise<number> {
  const [a, b] = [await flat(vector, vector), await flat(direction, vector)];
  const lengths = Math.sqrt(dot(a, a) * dot(b, b));
  return lengths === 0 ? 0 : Math.min(1, Math.abs(dot(a, b)) / lengths);
}
