import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect } from 'vitest';
import { parse } from 'yaml';

interface Described {
  readonly test_tensor: { readonly source: string; readonly sha256: string };
  readonly preprocessing?: readonly {
    readonly id: string;
    readonly kwargs?: Readonly<Record<string, number | string>>;
  }[];
}
/** What a test reads of `rdf.yaml`, model description 0.5. */
interface Description {
  readonly type: string;
  readonly authors: readonly { readonly name: string }[];
  readonly license: string;
  readonly inputs: readonly Described[];
  readonly outputs: readonly Described[];
  readonly weights: { readonly onnx: { readonly source: string; readonly sha256: string } };
}

/** A `.npy` of bytes or floats, as https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html has it. */
function readNpy(bytes: Uint8Array): { readonly data: Uint8Array | Float32Array; readonly shape: number[] } {
  const end = 10 + bytes[8]! + 256 * bytes[9]!;
  const header = new TextDecoder().decode(bytes.subarray(10, end));
  const [, kind, sizes] = /'descr': '(\|u1|<f4)'.*'shape': \(([\d, ]+)\)/.exec(header)!;
  const rest = bytes.slice(end);
  return {
    data: kind === '|u1' ? rest : new Float32Array(rest.buffer),
    shape: sizes!
      .split(',')
      .filter((size) => size.trim() !== '')
      .map(Number),
  };
}

/**
 * Opens a zipped package of the model zoo as another program would: hashes, the described steps, the weights in ONNX Runtime; its test
 * output must be what they make of its test input.
 */
export async function checkedPackage(zip: Uint8Array): Promise<Description> {
  const files = unzipSync(zip);
  const rdf = parse(new TextDecoder().decode(files['rdf.yaml'])) as Description;
  const [input, output] = [rdf.inputs[0]!, rdf.outputs[0]!];
  for (const { source, sha256 } of [input.test_tensor, output.test_tensor, rdf.weights.onnx])
    expect([source, createHash('sha256').update(files[source]!).digest('hex')]).toEqual([source, sha256]);
  const [given, wanted] = [input, output].map(({ test_tensor }) => readNpy(files[test_tensor.source]!)) as [
    ReturnType<typeof readNpy>,
    ReturnType<typeof readNpy>,
  ];
  let images = Float32Array.from(given.data);
  for (const { id, kwargs = {} } of input.preprocessing ?? [])
    if (id === 'scale_linear')
      images = images.map((value) => value * Number(kwargs.gain) + Number(kwargs.offset));
    else expect(id).toBe('ensure_dtype');
  const session = await InferenceSession.create(files[rdf.weights.onnx.source]!);
  const found = await session.run({ [session.inputNames[0]!]: new Tensor('float32', images, given.shape) });
  const made = found[session.outputNames[0]!]!;
  expect(made.dims).toEqual(wanted.shape);
  const values = made.data as Float32Array;
  const furthest = values.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted.data[i]!)), 0);
  expect(furthest).toBeLessThan(1e-4);
  return rdf;
}
