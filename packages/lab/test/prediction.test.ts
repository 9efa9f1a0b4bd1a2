import { expect, test } from 'vitest';
import { distortedLogits, faithful, outlineDistance } from '../src/losses/prediction.js';

const [height, width] = [20, 30];
const data = Uint8Array.from({ length: height * width }, (_, i) => {
  const [y, x] = [Math.floor(i / width), i % width];
  return Number(y >= 6 && y < 14 && x >= 8 && x < 18);
});
const distance = outlineDistance({ data, height, width, channels: 1 });
const classes = (distortion: object) => {
  const logits = distortedLogits(distance, height, width, { ...faithful, ...distortion });
  return Uint8Array.from({ length: height * width }, (_, i) => Number(logits[2 * i + 1]! > logits[2 * i]!));
};
const area = (mask: Uint8Array) => mask.reduce((sum, value) => sum + value, 0);

test('undistorted, the prediction is the truth', () => {
  expect(classes({})).toEqual(data);
});
test('shifted by three pixels to the right and two down, so is the outline', () => {
  const shifted = classes({ right: 3, down: 2 });
  for (let y = 2; y < height; y++)
    for (let x = 3; x < width; x++) expect(shifted[y * width + x]).toBe(data[(y - 2) * width + x - 3]);
});
test('shrunk it is smaller, and larger when shrunk by less than nothing', () => {
  expect(area(classes({ shrink: 2 }))).toBeLessThan(area(data));
  expect(area(classes({ shrink: -2 }))).toBeGreaterThan(area(data));
});
test('no logit is larger than the confidence, and blur softens the edge without moving it', () => {
  const logits = distortedLogits(distance, height, width, { ...faithful, confidence: 2 });
  expect(Math.max(...logits)).toBeLessThanOrEqual(2);
  expect(classes({ blur: 12 })).toEqual(data);
  const soft = distortedLogits(distance, height, width, { ...faithful, blur: 12 });
  expect(Math.max(...soft)).toBeLessThan(Math.max(...distortedLogits(distance, height, width, faithful)));
});
