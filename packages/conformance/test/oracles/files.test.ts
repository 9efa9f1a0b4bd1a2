import { readFileSync } from 'node:fs';
import { sharedFolder } from '@segscape/testing';
import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import type { AdapterContext, OracleCase } from '../../src/oracles/adapter.js';
import { allAdapters } from '../../src/oracles/all-adapters.js';
import { eagerContext } from '../../src/oracles/eager-context.js';
import { jitContext } from '../../src/oracles/jit-context.js';
import { runCase } from '../../src/oracles/run-case.js';

const folder = sharedFolder('oracles');

const read = (file: string): OracleCase[] =>
  folder === undefined ? [] : (JSON.parse(readFileSync(`${folder}/${file}.json`, 'utf8')) as OracleCase[]);

/** What is deliberately not offered; everything else must pass. */
const notOffered = /^(generalizedWassersteinDice|combo|normalizeDirectionVariant)$/;

const eager = eagerContext('cpu');
const runs: readonly (readonly [file: string, context: AdapterContext])[] = [
  ...['losses', 'metrics', 'elastic', 'unet', 'landscape'].map((file) => [file, eager] as const),
  ['landscape', jitContext()],
];

// Losses and networks under jit are in the whole run, `pnpm oracles FILE --executor jit`.
describe
  .skipIf(folder === undefined)
  .each(runs.map(([file, context]) => ({ file, context, executor: context.executor })))(
  'the oracles of $file (need the shared folder), on $executor',
  ({ file, context }) => {
    test.each(read(file).map((oracle) => [oracle.id, oracle] as const))('%s', async (_, oracle) => {
      const before = memory().numTensors;
      const { status, difference, reason } = await runCase(oracle, allAdapters, context);
      if (notOffered.test(oracle.op)) expect(status).toBe('unsupported');
      else expect({ status, difference, reason }).toEqual({ status: 'passed' });
      expect(memory().numTensors).toBe(before);
    });
  },
);
