import { inline, surface } from '@segscape/landscape';
import { memoryStorage } from '@segscape/runs';
import { dispose, setBackend, sum, tensor } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';

/** A surface of three by three, over what a store holds of it. */
async function drawn(store) {
  const params = { w: tensor([1, 2]) };
  const directions = [{ w: tensor([1, 0]) }, { w: tensor([0, 1]) }];
  const runner = inline({ executor: 'eager' });
  try {
    const events = surface({
      objective: ({ w }) => ({ height: sum(w) }),
      params,
      directions,
      x: [-1, 1, 3],
      y: [-1, 1, 3],
      batches: [{}],
      runner,
      store,
    });
    for await (const event of events) if (event.type === 'done') return event.result;
  } finally {
    dispose([params, directions]);
    await runner.dispose?.();
  }
  throw new Error('the surface did not end');
}

const expected = [1, 2, 3, 2, 3, 4, 3, 4, 5];

/** The points of an unfinished surface: what is read of them ends in the values that a new one has. */
export const points = {
  points: {
    seeds: async () => {
      await setBackend('cpu');
      const kept = memoryStorage();
      // The file goes when the surface is done: what was appended to it until then is the unfinished one.
      const written = new Map();
      await drawn({
        ...kept,
        write: async (path, bytes) => {
          written.set(path, [Buffer.from(bytes)]);
          await kept.write(path, bytes);
        },
        append: async (path, bytes) => {
          written.set(path, [...(written.get(path) ?? []), Buffer.from(bytes)]);
          await kept.append(path, bytes);
        },
      });
      return [...written]
        .filter(([path]) => path.endsWith('.points.jsonl'))
        .map(([path, parts]) => ({ name: path, bytes: new Uint8Array(Buffer.concat(parts)), path }));
    },
    read: async (bytes, { path }) => {
      const store = memoryStorage();
      await store.write(path, bytes);
      const { values } = await drawn(store);
      if (Array.from(values.height ?? []).join() !== expected.join())
        throw new Error(`the surface is ${Object.keys(values)}: ${values.height}`);
    },
    codes: ['CORRUPT_FILE'],
  },
};
