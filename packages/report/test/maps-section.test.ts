import { describe, expect, test } from 'vitest';
import type { ReadMap } from '../src/data/read-run.js';
import type { ReportFacts } from '../src/index.js';
import { mapsSection } from '../src/sections/maps.js';

const grid = {
  x: Float64Array.from([-1, 0, 1]),
  y: Float64Array.from([-1, 0, 1]),
  values: Object.fromEntries(['CE', 'Dice', 'Focal'].map((loss) => [loss, new Float32Array(9).fill(1)])),
} as unknown as ReadMap['grid'];
const way = [
  { epoch: 0, x: -1, y: 0 },
  { epoch: 4, x: 0, y: 0 },
];
const facts = { losses: ['CE', 'Dice', 'Focal'] } as unknown as ReportFacts;
const maps = (batchNorm?: string): ReadMap[] => {
  const shared = { grid, explainedVariance: [0.6, 0.3], ...(batchNorm !== undefined && { batchNorm }) };
  return [
    { ...shared, name: 'all-losses', kind: 'minima', paths: { CE: way } },
    { ...shared, name: 'path-ce', kind: 'path', loss: 'CE', paths: { CE: way } },
  ];
};
const text = (given: readonly ReadMap[]) => mapsSection(facts, given).content.toString();

describe('maps of weights', () => {
  test('say what became of batch normalisation, each as it was drawn', () => {
    const sentence = 'Statistics of batch normalisation are computed anew at each point.';
    expect(text(maps('precise')).split(sentence)).toHaveLength(3);
  });
  test('say nothing of it where networks have none', () => {
    expect(text(maps())).not.toContain('batch normalisation');
  });
});
