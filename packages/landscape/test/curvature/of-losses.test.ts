import type { Params } from '@segscape/core';
import { isNative } from '@segscape/jit';
import { expectTensors } from '@segscape/testing';
import { dispose, log, mul, neg, type Scalar, sum, type Tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type CurvatureOptions,
  curvature,
  curvatureAlong,
  curvatureTrace,
  sharpness,
  spectralDensity,
  topEigenvalues,
} from '../../src/index.js';
import { circlePoints, netObjective, type Points, smallNet } from '../grids/small-net.js';

let params: Params;
let batches: Points[];
beforeAll(() => {
  params = smallNet();
  batches = [circlePoints()];
});
afterAll(() => dispose([params, batches] as unknown as Tensor[]));

const names = ['ce', 'dice'] as const;
const measures = {
  eigenvalues: { count: 2, seed: 3 },
  trace: { probes: 12, seed: 4 },
  density: { steps: 8, points: 16, seed: 5 },
  sharpness: { rho: 0.1, steps: 2 },
} as const;

describe.each(['eager', 'onnxruntime'] as const)('of all losses at once, %s', (executor) => {
  const jit = { executor } as const;
  const options = (more: Partial<CurvatureOptions<Points>> = {}): CurvatureOptions<Points> => ({
    objective: netObjective,
    params,
    batches,
    jit,
    ...more,
  });

  test('the numbers are those of each loss by itself', async ({ skip }) => {
    skip(executor === 'onnxruntime' && !(await isNative()), 'ONNX Runtime is not here');
    const found = await expectTensors(0, () => curvature(options(measures)));
    expect(Object.keys(found)).toEqual(names);
    for (const name of names) {
      const problem = {
        loss: (p: Params, batch: Points): Scalar => netObjective(p, batch)[name]!,
        params,
        batches,
        jit,
      };
      const own = found[name]!;
      const { values, errors, vectors } = await topEigenvalues(problem, measures.eigenvalues);
      dispose(vectors as unknown as Tensor[]);
      expect(own.eigenvalues!.values).toBeAllclose(values, { rel: 1e-4 });
      expect(own.eigenvalues!.errors).toHaveLength(errors.length);
      const trace = await curvatureTrace(problem, measures.trace);
      expect(own.trace!.trace).toBeAllclose(trace.trace, { rel: 1e-4 });
      const density = await spectralDensity(problem, measures.density);
      expect(own.density!.density).toBeAllclose(density.density, { rel: 1e-2, abs: 1e-3 });
      const steep = await sharpness(problem, measures.sharpness);
      expect(own.sharpness!.sharpness).toBeAllclose(steep.sharpness, { rel: 1e-4 });
      expect(own.loss).toBeAllclose(steep.loss, { rel: 1e-5 });
    }
  });

  test('along a way: the numbers of each place, by the program of the first', async ({ skip }) => {
    skip(executor === 'onnxruntime' && !(await isNative()), 'ONNX Runtime is not here');
    const other = Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, mul(value, 1.5)]),
    ) as Params;
    for (const accuracy of ['exact', 'fast'] as const) {
      const { params: _, ...given } = options({ ...measures, accuracy });
      const found: unknown[] = [];
      await expectTensors(0, async () => {
        for await (const one of curvatureAlong(given, [params, other])) found.push(one);
      });
      for (const [i, place] of [params, other].entries())
        expect(found[i], accuracy).toEqual(await curvature({ ...given, params: place }));
    }
    dispose(other);
  });

  test('no loss is traced anew', async ({ skip }) => {
    skip(executor === 'eager' || !(await isNative()), 'eager functions are not traced');
    const traced = async (losses?: readonly string[]) => {
      let calls = 0;
      const objective = (p: Params, batch: Points) => {
        calls++;
        return netObjective(p, batch);
      };
      await curvature(options({ objective, ...(losses && { losses }) }));
      return calls;
    };
    expect(await traced()).toBe(await traced(['ce']));
  });
});

test('only what is asked for is measured, and bad input is named', async () => {
  const jit = { executor: 'eager' } as const;
  const given = { objective: netObjective, params, batches, jit };
  const found = await curvature({ ...given, losses: ['dice'], trace: false });
  expect(Object.keys(found)).toEqual(['dice']);
  expect(found.dice).toMatchObject({ trace: undefined, density: undefined, sharpness: undefined });
  expect(found.dice!.eigenvalues!.values).toHaveLength(1);
  const fails = (more: object) =>
    expectTensors(0, () => expect(curvature({ ...given, ...more })).rejects.toThrow(Error)).then(() =>
      curvature({ ...given, ...more }).catch((error: Error) => error.message),
    );
  expect(await fails({ losses: ['cd'] })).toContain("losses (='cd') must be one of 'ce', 'dice'");
  expect(await fails({ tracer: true })).toContain("'tracer' is not an option; did you mean 'trace'?");
  expect(await fails({ trace: { probes: 0 } })).toContain(
    'curvature: probes (=0) must be a whole number >= 1',
  );
  expect(await fails({ eigenvalues: { cuont: 3 } })).toContain(
    "curvature: eigenvalues: 'cuont' is not an option; did you mean 'count'?",
  );
  expect(await fails({ sharpness: { radius: 1 } })).toContain(
    "curvature: sharpness: 'radius' is not an option",
  );
  expect(await fails({ trace: { matrix: 'fisher' } })).toContain(
    "curvature: trace: 'matrix' is not an option",
  );
  expect(await fails({ eigenvalues: 3 })).toContain('eigenvalues (=3) must be options, true or false');
  const risky = (p: Params, batch: Points) => ({
    ...netObjective(p, batch),
    risky: log(neg(sum(p['out.bias']!))) as Scalar,
  });
  expect(await fails({ objective: risky })).toBe(
    "curvature: 'risky' is not finite at these weights; leave it out of the objective.",
  );
  expect(await fails({ signal: AbortSignal.abort() })).toBe('curvature: stopped by the caller.');
});
