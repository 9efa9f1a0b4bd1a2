import { unscaledAmong } from '../unscaled-images.js';
import type { JudgeOptions } from './judge-options.js';

/** Images whose masks say no scale, where others do and nothing is given for all. Measures alone need it. */
export async function unscaledMasks({
  truth,
  measures = [],
  spacing,
}: JudgeOptions): Promise<readonly string[]> {
  if (measures.length === 0 || spacing !== undefined) return [];
  const [ids, scaled] = [[] as string[], new Set<string>()];
  for (let index = 0; index < truth.length; index++) {
    const { id, mask } = await truth.get(index);
    ids.push(id);
    if (mask.spacing !== undefined) scaled.add(id);
  }
  return unscaledAmong(ids, scaled);
}
