// Resampling of uint8 pictures.
import { cubic, linear } from './warp';

export { maskLeftCount, nearest, setField, setMask, setSource } from './warp';

export function linearRows(source: usize, out: usize, left: usize, y0: i32, y1: i32): i32 {
  return linear<u8>(source, out, left, y0, y1);
}

export function cubicRows(source: usize, out: usize, left: usize, y0: i32, y1: i32): i32 {
  return cubic<u8>(source, out, left, y0, y1);
}
