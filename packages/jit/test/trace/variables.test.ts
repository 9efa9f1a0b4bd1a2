import { jit, toOnnx } from '@segscape/jit';
import { expectTensors } from '@segscape/testing';
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test } from 'vitest';

const native = { executor: 'onnxruntime' } as const;
const held = (v: Variable) => [...v.dataSync()];

const made: Variable[] = [];
const variable = (values: Tensor, name?: string): Variable => {
  const v = tf.variable(values, true, name);
  made.push(v);
  return v;
};
afterEach(() => {
  for (const v of made.splice(0)) v.dispose();
});

/** Several runs of one function, eagerly and natively, each from the same start. */
async function bothWays(build: (v: Variable) => (x: Tensor) => Tensor | Tensor[], runs = 3) {
  const record = async (executor: 'eager' | 'onnxruntime') => {
    const v = variable(tf.tensor1d([1, 2]));
    const fn = jit(build(v), { executor });
    const seen: unknown[] = [];
    for (let i = 0; i < runs; i++) {
      const results = [await fn(tf.tensor1d([i + 1, 10]))].flat();
      seen.push([results.map((result) => [...result.dataSync()]), held(v)]);
    }
    await fn.dispose();
    return seen;
  };
  expect(await record('onnxruntime')).toEqual(await record('eager'));
}

describe('variables that a traced function assigns', () => {
  test('hold after each run what eager execution leaves in them', () =>
    bothWays((v) => (x) => {
      v.assign(tf.add(v, x));
      return tf.mul(v, 2);
    }));

  test('are read before as they were, after as they are', () =>
    bothWays((v) => (x) => {
      const before = tf.mul(v, 1);
      v.assign(tf.tidy(() => tf.mul(v, x)));
      const between = tf.mul(v, 1);
      v.assign(tf.sub(between, 1));
      return [before, between, tf.clone(v)];
    }));

  test('may be assigned what they never gave, and what is captured', () => {
    const fixed = tf.tensor1d([5, 6]);
    return bothWays((v) => (x) => {
      v.assign(fixed);
      return tf.add(v, x);
    });
  });

  test('leave clones that were made outside as they were', () =>
    bothWays((v) => {
      const twin = tf.clone(v);
      return (x) => {
        v.assign(tf.add(tf.add(v, twin), x));
        return tf.mul(twin, v);
      };
    }));

  test('keep each other apart, swap included', async () => {
    const [a, b] = [variable(tf.tensor1d([1])), variable(tf.tensor1d([2]))];
    const swap = jit((x: Tensor) => {
      const first = tf.clone(a);
      a.assign(b);
      b.assign(first);
      return tf.add(a, x);
    }, native);
    expect(await swap(tf.scalar(0))).toBeAllclose([2]);
    expect([held(a), held(b)]).toEqual([[2], [1]]);
    expect(await swap(tf.scalar(0))).toBeAllclose([1]);
    expect([held(a), held(b)]).toEqual([[1], [2]]);
  });

  test('follow what is assigned outside between runs', async () => {
    const v = variable(tf.tensor1d([1]));
    const step = jit((x: Tensor) => {
      v.assign(tf.add(v, x));
      return tf.clone(v);
    }, native);
    await step(tf.scalar(1));
    v.assign(tf.tensor1d([100]));
    expect(await step(tf.scalar(1))).toBeAllclose([101]);
  });

  test('are not lost between calls at the same time', async () => {
    const v = variable(tf.scalar(0));
    const step = jit((x: Tensor) => {
      v.assign(tf.add(v, x));
      return tf.clone(v);
    }, native);
    const results = await Promise.all([1, 2, 3, 4].map((n) => step(tf.scalar(n))));
    expect(results.map((result) => result.dataSync()[0])).toEqual([1, 3, 6, 10]);
    expect(held(v)).toEqual([10]);
  });

  test('leave exactly the results behind', async () => {
    const v = variable(tf.zeros([64, 128]));
    const step = jit((x: Tensor) => {
      v.assign(tf.add(v, x));
      return tf.sum(v);
    }, native);
    const x = tf.scalar(1);
    for (let i = 0; i < 3; i++) tf.dispose(await expectTensors(1, () => step(x)));
    expect(v.dataSync()[0]).toBe(3);
  });

  test('are the state of an optimiser that minimises inside', async () => {
    const train = async (executor: 'eager' | 'onnxruntime') => {
      const w = variable(tf.tensor1d([1, -2]), `w-${executor}`);
      const optimizer = tf.train.momentum(0.1, 0.9);
      const cost = () => tf.sum(tf.square(tf.sub(w, tf.tensor1d([3, 4])))) as Scalar;
      optimizer.minimize(cost, false, [w]); // makes its own variables
      const step = jit((_: Tensor) => optimizer.minimize(cost, true, [w])!, { executor });
      const costs: number[] = [];
      for (let i = 0; i < 5; i++) costs.push((await step(tf.scalar(0))).dataSync()[0]!);
      optimizer.dispose();
      return [...costs, ...held(w)];
    };
    expect(await train('onnxruntime')).toBeAllclose(await train('eager'), { rel: 1e-6 });
  });

  test('cannot be kept in a file', () => {
    const v = variable(tf.scalar(1), 'counter');
    expect(() =>
      toOnnx(
        (x: Tensor) => {
          v.assign(tf.add(v, 1) as Scalar);
          return tf.add(x, v);
        },
        tf.zeros([1]),
      ),
    ).toThrow(
      "toOnnx: the function assigns variable 'counter', and a file holds no state. Return the new value instead.",
    );
    expect(held(v)).toEqual([1]);
  });
});

describe('what cannot be traced leaves variables as they were', () => {
  test.each([
    [
      'a variable made inside',
      () => (x: Tensor) => tf.add(tf.variable(x), 1),
      "jit: a variable is made inside the traced function, where it would be made once for all calls. Make it outside (an optimizer makes its own at its first step: take that one eagerly), or use executor: 'eager'.",
    ],
    [
      'a variable disposed inside',
      (v: Variable) => (x: Tensor) => {
        v.dispose();
        return tf.add(x, 1);
      },
      "jit: variable 'state' is disposed inside the traced function. Dispose of it outside, or use executor: 'eager'.",
    ],
    [
      'values that were read before they are assigned',
      (v: Variable) => (x: Tensor) => {
        const [first] = v.dataSync();
        v.assign(tf.add(v, x));
        return tf.mul(x, first!);
      },
      "jit: the values of variable 'state' are read inside the traced function, which assigns it. Read them outside and pass them as an argument, or use executor: 'eager'.",
    ],
    [
      'values that are read once they are assigned',
      (v: Variable) => (x: Tensor) => {
        v.assign(tf.add(v, x));
        return tf.mul(x, v.dataSync()[0]!);
      },
      'jit: a tensor value was read (data, dataSync, print, or an operation that needs values) inside the traced function. Return the tensor and read it outside, or use executor: "eager".',
    ],
    [
      'an error of the function after an assignment',
      (v: Variable) => (x: Tensor) => {
        v.assign(tf.add(v, x));
        throw new Error('mine');
      },
      'mine',
    ],
    [
      'a new value of another shape',
      (v: Variable) => (x: Tensor) => {
        v.assign(tf.add(v, x));
        v.assign(tf.zeros([3]));
        return x;
      },
      "jit: variable 'state' is float32 [2]; expected its new value to be the same, got float32 [3].",
    ],
  ])('%s', async (_name, build, message) => {
    const v = variable(tf.tensor1d([1, 2]), 'state');
    const before = tf.memory().numTensors;
    const x = tf.tensor1d([1, 1]);
    await expect(jit(build(v), native)(x)).rejects.toThrow(message);
    x.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(v.isDisposed).toBe(false);
    expect(held(v)).toEqual([1, 2]);
    v.assign(tf.tensor1d([7, 8]));
    expect(held(v)).toEqual([7, 8]);
  });

  test("an optimiser's first step, which 'auto' then takes eagerly, as all that follow", async () => {
    const train = async (executor: 'eager' | 'auto') => {
      const reasons: string[] = [];
      const w = variable(tf.tensor1d([1, -2]), `w-${executor}`);
      const optimizer = tf.train.adam(0.1);
      const cost = () => tf.sum(tf.square(w)) as Scalar;
      const step = jit((_: Tensor) => optimizer.minimize(cost, true, [w])!, {
        executor,
        onFallback: ({ message }) => reasons.push(message),
      });
      for (let i = 0; i < 3; i++) await step(tf.scalar(0));
      optimizer.dispose();
      return { values: held(w), reasons };
    };
    const [auto, eager] = [await train('auto'), await train('eager')];
    expect(auto.values).toEqual(eager.values);
    expect(auto.reasons).toHaveLength(1);
  });

  test('a variable that is disposed after the first run is named', async () => {
    const v = variable(tf.scalar(1), 'gone');
    const step = jit((x: Tensor) => {
      v.assign(tf.add(v, x));
      return tf.clone(v);
    }, native);
    await step(tf.scalar(1));
    v.dispose();
    await expect(step(tf.scalar(1))).rejects.toThrow(
      "jit: variable 'gone', which the function assigns, has been disposed. Keep it while the function is in use.",
    );
  });
});
