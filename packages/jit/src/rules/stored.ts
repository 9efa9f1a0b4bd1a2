import type { Lowering } from './lowering.js';

/** A result in double precision, or NaN, as TensorFlow.js's typed arrays keep it: without its fraction, modulo 2³². */
export function wrapped(to: Lowering, name: string, from: 'float32' | 'float64'): string {
  const limit = to.graph.constant(2 ** 63, from);
  const fits = to.emit('Less', [to.emit('Abs', [name]), limit]);
  const whole = to.emit('Where', [fits, name, to.graph.constant(0, from)]);
  const long = to.emit('Cast', [whole], { to: 7 });
  // ONNX Runtime would make one cast of two, without the modulus; this changes nothing but stands between.
  const apart = to.emit('Max', [long, to.graph.constant(-(2 ** 63), 'int64')]);
  return to.emit('Cast', [apart], { to: 6 });
}

/** What no integer can stand for becomes 0, as in a typed array. */
export function finite(to: Lowering, name: string): string {
  const fits = to.emit('Less', [to.emit('Abs', [name]), to.number(2 ** 31)]);
  return to.emit('Where', [fits, name, to.number(0)]);
}
