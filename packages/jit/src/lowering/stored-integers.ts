import type { GraphBuilder } from '../onnx/graph-builder.js';

/** A result in double precision, or NaN, as TensorFlow.js's typed arrays keep it: without its fraction, modulo 2³². */
export function wrapped(graph: GraphBuilder, name: string, from: 'float32' | 'float64' | 'int64'): string {
  const long = from === 'int64' ? name : longOf(graph, name, from);
  // ONNX Runtime would make one cast of two, without the modulus; this changes nothing but stands between.
  const apart = graph.emit('Max', [long, graph.constant(-(2 ** 63), 'int64')]);
  return graph.cast(apart, 'int32');
}

function longOf(graph: GraphBuilder, name: string, from: 'float32' | 'float64'): string {
  const limit = graph.constant(2 ** 63, from);
  const fits = graph.emit('Less', [graph.emit('Abs', [name]), limit]);
  return graph.cast(graph.emit('Where', [fits, name, graph.constant(0, from)]), 'int64');
}

/** What no integer can stand for becomes 0, as in a typed array. */
export function finite(graph: GraphBuilder, name: string): string {
  const fits = graph.emit('Less', [graph.emit('Abs', [name]), graph.constant(2 ** 31, 'float32')]);
  return graph.emit('Where', [fits, name, graph.constant(0, 'float32')]);
}
