import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** All examples of the README, one after another as one module: later ones use what earlier ones made. */
async function runExamples(): Promise<Record<string, unknown>> {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const code = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block]) => block).join('\n');
  // Below the package's node_modules, so that its imports resolve as a user's would.
  const folder = fileURLToPath(new URL('../node_modules/.readme', import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/examples.mts`, code);
  return (await import(/* @vite-ignore */ `${folder}/examples.mts`)) as Record<string, unknown>;
}

test('the examples of the README run, and give what they say', async () => {
  const found = await runExamples();
  const { values } = found.result as { values: Record<string, Float32Array> };
  expect(values.squared).toHaveLength(25);
  // The centre is the minimum: the weights fit exactly.
  expect(values.squared![12]).toBe(0);
  expect(values.absolute![12]).toBe(0);
  expect(found.statistics).toMatchObject({ convexity: 1, minimum: { value: 0, x: 0, y: 0 } });
  expect(found.barrier).toMatchObject({ height: 0 });
  expect(found.minima).toHaveLength(1);
  // ½·Σ over two samples of (x·w)²: the Hessian is the identity.
  expect(found.top).toMatchObject({ value: expect.closeTo(1, 3) as number });
  expect(found.trace).toBeCloseTo(2, 3);
  expect(found.sentence).toMatch(/^This slice holds 100 % of the path's variance/);
  expect(found.shares).toMatchObject({
    ce: { class: [{ group: 'background' }, { group: 'disc', pixels: 0.25 }] },
  });
  expect(found.cosines).toHaveLength(2);
  expect(found.again).toEqual(found.result);
});
