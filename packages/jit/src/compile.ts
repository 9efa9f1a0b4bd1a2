import { lowered } from './lowering/empty-tensors.js';
import { within } from './lowering/kernel-failure.js';
import { Lowering, type Target } from './lowering/lowering.js';
import type { OnnxModel, OnnxValue } from './onnx/model.js';
import { onnxType } from './onnx/types.js';
import type { Call, Program, Ref } from './program.js';
import { rules } from './rules/index.js';

/** The calls that the outputs depend on, in order. */
function needed({ calls, outputs }: Program): Call[] {
  const wanted = new Set<Ref>(outputs);
  return calls
    .reduceRight<Call[]>((kept, call) => {
      if (!call.outputs.some((output) => wanted.has(output))) return kept;
      for (const input of Object.values(call.inputs)) wanted.add(input);
      kept.push(call);
      return kept;
    }, [])
    .reverse();
}

export interface Compiled {
  readonly model: OnnxModel;
  /** Graph inputs that exist; arguments that nothing depends on have none. */
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
}

export interface CompileOptions extends Target {
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Writes a traced program as one ONNX graph, inputs and outputs channels last. */
export function compile(program: Program, { metadata, ...target }: CompileOptions = {}): Compiled {
  const calls = needed(program);
  const to = new Lowering(calls, target);
  const inputNames = program.inputs.map((ref, i) => {
    const name = `input${i}`;
    to.set(ref, to.value(ref, name));
    return name;
  });
  const makers = new Map<Ref, string>();
  for (const { kernel, inputs, attrs, outputs } of calls) {
    const values = Object.fromEntries(Object.entries(inputs).map(([key, ref]) => [key, to.of(ref)]));
    to.graph.kernel = kernel;
    const results = within(kernel, inputs, () => lowered(to, rules[kernel]!, values, attrs, outputs));
    outputs.forEach((ref, i) => {
      to.set(ref, results[i]!);
      makers.set(ref, kernel);
    });
  }
  const outputs = program.outputs.map((ref, i): OnnxValue => {
    to.graph.kernel = makers.get(ref);
    const name = `output${i}`;
    to.graph.output(name, to.name(to.of(ref)));
    return { name, type: onnxType(ref.dtype), dims: ref.shape };
  });
  const inputs = program.inputs.map(
    (ref, i): OnnxValue => ({ name: inputNames[i]!, type: onnxType(ref.dtype), dims: ref.shape }),
  );
  return {
    model: to.graph.model('segscape', inputs, outputs, metadata),
    inputNames,
    outputNames: outputs.map((o) => o.name),
  };
}
