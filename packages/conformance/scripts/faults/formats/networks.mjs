import { readFileSync } from 'node:fs';
import { decodeTensors, encodeTensors } from '@segscape/core';
import { toOnnx } from '@segscape/jit';
import { unet } from '@segscape/models';
import { onnxModel } from '@segscape/models/onnx';
import { readTorch } from '@segscape/models/torch-file';
import { dispose, setBackend, zeros } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';

const tensors = encodeTensors({
  a: { dtype: 'float32', shape: [2, 3], data: new Float32Array(6) },
  b: { dtype: 'int32', shape: [4], data: new Int32Array(4) },
});

/** A small network of ours as other tools get it. */
function exported(side, options) {
  const network = unet({ inputChannels: 1, classes: 2, baseChannels: 2, depth: 2, ...options });
  const params = network.init(5);
  const images = zeros([1, side, side, 1]);
  const bytes = toOnnx(({ images: x }) => ({ logits: network.apply(params, x) }), { images });
  dispose([images, params]);
  return bytes;
}

const torchFile = (name, part) => ({
  name,
  part,
  bytes: new Uint8Array(readFileSync(new URL(`../../../../models/test/fixtures/${name}`, import.meta.url))),
});

export const networks = {
  safetensors: {
    seeds: () => [{ name: 'two tensors', bytes: tensors }],
    read: (bytes) => {
      for (const { shape, data } of Object.values(decodeTensors(bytes).tensors))
        if (data.length !== shape.reduce((product, side) => product * side, 1))
          throw new Error(`a tensor of ${data.length} values shaped [${shape}]`);
    },
    codes: ['CORRUPT_CHECKPOINT'],
  },
  onnx: {
    seeds: async () => {
      await setBackend('cpu');
      return [
        { name: 'U-Net', bytes: exported(8, { norm: 'batch' }) },
        { name: 'U-Net, bilinear', bytes: exported(8, { up: 'bilinear', norm: 'group' }) },
      ];
    },
    read: (bytes) => {
      const { model, params } = onnxModel(bytes);
      const images = zeros([1, 8, 8, 1]);
      try {
        model.apply(params, images).dispose();
      } finally {
        dispose([params, images]);
      }
    },
    codes: ['CORRUPT_CHECKPOINT', 'UNSUPPORTED_FORMAT', 'BAD_OPTION', 'SHAPE_MISMATCH'],
  },
  pickle: {
    seeds: async () => {
      await setBackend('cpu');
      return [torchFile('torch-file.pt'), torchFile('torch-file-checkpoint.pt', 'state_dict')];
    },
    read: (bytes, { part }) => dispose(readTorch(bytes, part === undefined ? {} : { part })),
    codes: ['CORRUPT_CHECKPOINT', 'UNSUPPORTED_FORMAT', 'BAD_OPTION', 'NOT_FOUND'],
  },
};
