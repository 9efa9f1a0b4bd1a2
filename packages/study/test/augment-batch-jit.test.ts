import { augmentBatch, type BatchDraws } from '@segscape/augment/tensors';
import { random } from '@segscape/core';
import { jit } from '@segscape/jit';
import { expectTensors } from '@segscape/testing';
import { cast, dispose, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

const rng = random(2);
const uniform = (...shape: number[]) =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => 2 * rng.uniform() - 1),
    shape,
  );

// Augment stands below jit and knows nothing of it; here both meet.
test('augmentBatch compiles: the same batch inside jit as outside', async () => {
  const labels = cast(
    tensor(
      Float32Array.from({ length: 3 * 81 }, () => rng.integer(0, 4)),
      [3, 9, 9],
    ),
    'int32',
  );
  const batch = { images: uniform(3, 9, 9, 2), labels };
  const draws = {
    flipHorizontal: tensor([1, 0, 1]),
    flipVertical: tensor([0, 1, 1]),
    turns: tensor([1, 3, 0]),
    field: tensor(
      (await uniform(3, 9, 9, 2).data()).map((v) => 4 * v),
      [3, 9, 9, 2],
    ),
    contrast: tensor([0.5, 1, 2]),
    brightness: tensor([0.1, 0, -1]),
    noise: uniform(3, 9, 9, 2),
  } satisfies BatchDraws;
  const compiled = jit(
    ({ images, labels: own, ...given }: { images: Tensor; labels: Tensor } & BatchDraws) =>
      augmentBatch({ images, labels: own }, given),
    { executor: 'onnxruntime' },
  );
  for (const given of [draws, { flipHorizontal: draws.flipHorizontal, turns: draws.turns }]) {
    const expected = augmentBatch(batch, given);
    const result = await expectTensors(2, () => compiled({ ...batch, ...given }));
    expect(await result.images.data()).toBeAllclose(await expected.images.data(), { abs: 1e-5, rel: 1e-5 });
    expect(await result.labels!.data()).toEqual(await expected.labels!.data());
    dispose([result.images, result.labels!, expected.images, expected.labels!]);
  }
  await compiled.dispose();
});
