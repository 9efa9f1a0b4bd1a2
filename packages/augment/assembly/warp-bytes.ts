// Resampling of uint8 pictures.
import { cubic } from './cubic';
import { linear } from './linear';

export { setSingles } from './cubic';
export { maskLeftCount, nearest, setField, setMask, setSource } from './places';

export function linearRows(source: usize, out: usize, left: usize, y0: i32, y1: i32): i32 {
  return linear<u8>(source, out, left, y0, y1);
}

export function cubicRows(source: usize, out: usize, left: usize, y0: i32, y1: i32): i32 {
  return cubic<u8>(source, out, left, y0, y1);
}
