import type { RasterData } from '@segscape/core';
import { memoryStorage } from '@segscape/runs';
import { parseStudyConfig, presets } from '@segscape/study';
import { expect, test } from 'vitest';
import { augmentationNotices } from '../src/augmentation-notices.js';
import { study, tinyStudy } from './tiny-study.js';

const told = (augment: object[], data: RasterData) => [
  ...augmentationNotices(parseStudyConfig({ augment } as never), {
    id: 'a',
    image: { data, height: 1, width: data.length, channels: 1 },
  }),
];
const bytes = Uint8Array.of(3, 90);
const floats = Float32Array.of(0, 0.5, 1);

test('numbers in other units than those of the images are told of', () => {
  expect(told([{ kind: 'flip' }, { kind: 'brightness', delta: 0.1 }], bytes)).toEqual([
    "augment.1: delta of brightness (=0.1) is in the units of the images (0 to 255 in 'a') and changes nothing that can be seen. A tenth of the range is 26.",
  ]);
  expect(told([{ kind: 'gaussianNoise', sigma: [0, 20] }], floats)).toEqual([
    "augment.0: sigma of gaussianNoise (=[0,20]) is in the units of the images (0 to 1 in 'a') and is more than their whole range. A tenth of the range is 0.1.",
  ]);
  expect(told([{ kind: 'uniformNoise', bound: 0.2 }], Uint16Array.of(0, 4000))).toHaveLength(1);
});

test('and those that fit are not', () => {
  const fitting = [
    { kind: 'brightness', delta: [-20, 20] },
    { kind: 'brightness', factor: 0.1 },
    { kind: 'gaussianNoise', sigma: 0 },
    { kind: 'uniformNoise', bound: 20 },
    { kind: 'contrast', factor: 0.1 },
  ];
  expect(told(fitting, bytes)).toEqual([]);
  expect(told([{ kind: 'brightness', delta: 0.1 }], floats)).toEqual([]);
  expect(told([{ kind: 'brightness', delta: 0.1 }], Float32Array.of(1, 1))).toEqual([]);
  for (const { augment } of Object.values(presets).map((preset) => parseStudyConfig(preset)))
    expect(told([...augment], bytes)).toEqual([]);
});

test('a study says so before it trains', async () => {
  const notices: string[] = [];
  await study(memoryStorage(), {
    config: { ...tinyStudy, augment: [{ kind: 'brightness', delta: 0.1 }] },
    stopAt: (event) => {
      if (event.type === 'notice') notices.push(event.message);
      return event.type === 'prepared';
    },
  });
  expect(notices.join()).toContain('delta of brightness (=0.1)');
});
