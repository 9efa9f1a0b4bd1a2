import { random } from '@segscape/core';
import { inline, surface } from '@segscape/landscape';
import { threads } from '@segscape/landscape/threads';
import { ready, setBackend, tensor } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import registry from './registry.mjs';

const normals = (seed, shape) => {
  const rng = random(seed);
  const length = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Array.from({ length }, () => rng.normal()),
    shape,
  );
};

async function drawn(runner, objective) {
  const events = surface({
    objective,
    params: { kernel: normals(1, [3, 3, 2, 1]) },
    directions: [{ kernel: normals(2, [3, 3, 2, 1]) }, { kernel: normals(3, [3, 3, 2, 1]) }],
    batches: [5, 6].map((seed) => ({
      images: normals(seed, [2, 6, 5, 2]),
      masks: normals(seed + 9, [2, 6, 5, 1]),
    })),
    x: [-1, 1, 7],
    y: [-1, 1, 5],
    runner,
  });
  for await (const event of events) if (event.type === 'done') return [...event.result.values.error];
}

/** A surface drawn in this page, and by so many of its workers. */
globalThis.compare = async (workers) => {
  await setBackend('cpu');
  await ready();
  const jit = { executor: 'eager' };
  const here = inline(jit);
  const script = new URL('./worker.js', location.href);
  const there = threads({ workers, script, jit, chunk: 4 });
  try {
    const own = await drawn(here, registry.net({ scale: 2 }));
    return {
      own,
      theirs: await drawn(there, { kind: 'net', config: { scale: 2 } }),
      shared: crossOriginIsolated,
    };
  } finally {
    await here.dispose();
    await there.dispose();
  }
};
