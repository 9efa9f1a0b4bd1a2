import { decodeTensors, type PlainTensor } from '@segscape/core';
import { readParams } from '@segscape/core/params';
import { fromTorch, type Model } from '@segscape/models';
import { dispose } from '@tensorflow/tfjs-core';

type Plain = Readonly<Record<string, PlainTensor>>;

const prefix = 'params/';

/** Whether a weights file is PyTorch's, by the ending of its name; all others are safetensors. */
export const isTorchFile = (name: string): boolean => /\.pth?$/i.test(name);

/** The parameters of a weights file: of a run's checkpoint those of its network, of PyTorch's as ours are called. */
export async function parametersOf(name: string, bytes: Uint8Array, model: Model): Promise<Plain> {
  if (isTorchFile(name)) {
    const { readTorch } = await import('@segscape/models/torch-file');
    const given = readTorch(bytes);
    const params = fromTorch(given, model);
    try {
      return await readParams(params);
    } finally {
      dispose([...Object.values(given), ...Object.values(params)]);
    }
  }
  const { tensors } = decodeTensors(bytes);
  const own = Object.entries(tensors).filter(([key]) => key.startsWith(prefix));
  return own.length === 0
    ? tensors
    : Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
}
