import { Lowering } from '../lowering/lowering.js';
import { encodeModel } from '../onnx/encode.js';
import type { OnnxModel, OnnxValue } from '../onnx/model.js';
import { blockedConvolution } from '../rules/windows/blocked-convolution.js';
import type { Host, Runtime } from './runtime.js';

const channels = 32;
const size = 6;
const float = (name: string, dims: readonly number[]): OnnxValue => ({ name, type: 'float32', dims });
const inputs = [float('image', [1, channels, size, size]), float('filter', [9, channels, channels])];
const attributes = { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [1, 1], dilations: [1, 1] };

/** A small convolution on blocks of this many channels, beside the standard one. */
function trial(block: number): OnnxModel {
  const to = new Lowering([], { block });
  const blocked = blockedConvolution(
    to,
    { image: 'image', filter: 'filter', inputs: channels, outputs: channels, swapped: false },
    attributes,
  );
  const whole = to.reshape('filter', [], [3, 3, channels, channels]);
  const plain = to.emit('Conv', ['image', to.emit('Transpose', [whole], { perm: [3, 2, 0, 1] })], attributes);
  to.graph.output('blocked', blocked);
  to.graph.output('plain', plain);
  const output = [1, channels, size, size];
  return to.graph.model('trial', inputs, [float('blocked', output), float('plain', output)]);
}

const ramp = (length: number) => Float32Array.from({ length }, (_, i) => ((i * 37) % 101) / 101 - 0.5);

async function works(runtime: Runtime, block: number): Promise<boolean> {
  try {
    const session = await runtime.InferenceSession.create(encodeModel(trial(block)), {
      logSeverityLevel: 4,
      graphOptimizationLevel: 'disabled',
    });
    const image = new runtime.Tensor('float32', ramp(channels * size * size), [1, channels, size, size]);
    const filter = new runtime.Tensor('float32', ramp(9 * channels * channels), [9, channels, channels]);
    const { blocked, plain } = (await session.run(
      { image, filter },
      { blocked: null, plain: null },
    )) as Record<string, { data: Float32Array }>;
    await session.release();
    return plain!.data.every((value, i) => Math.abs(value - blocked!.data[i]!) <= 1e-4);
  } catch {
    // A build of ONNX Runtime without these kernels refuses the model; the standard convolution serves.
    return false;
  }
}

const found = new WeakMap<Runtime, Promise<number | undefined>>();

/**
 * Channels per block of this build's blocked convolution on this processor (16 with AVX-512, 8 with AVX2), found by trying;
 * undefined where there is none.
 */
export function blockSize({ runtime, writesInPlace }: Host): Promise<number | undefined> {
  // WebAssembly has no such kernels.
  if (!writesInPlace) return Promise.resolve(undefined);
  const known = found.get(runtime);
  if (known !== undefined) return known;
  const search = (async () => {
    for (const block of [16, 8]) if (await works(runtime, block)) return block;
    return undefined;
  })();
  found.set(runtime, search);
  return search;
}
