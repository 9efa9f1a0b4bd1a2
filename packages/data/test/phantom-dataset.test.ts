import { createHash } from 'node:crypto';
import { describeDataset, phantomDataset } from '@segscape/data';
import { describe, expect, test } from 'vitest';

const digest = (data: ArrayBufferView) =>
  createHash('sha256').update(new Uint8Array(data.buffer)).digest('hex').slice(0, 16);

describe('phantomDataset', () => {
  test('the bits of a seed never change, and do not depend on count', async () => {
    const one = phantomDataset({ kind: 'fundus', count: 3, height: 48, width: 64, seed: 7 });
    const more = phantomDataset({ kind: 'fundus', count: 9, height: 48, width: 64, seed: 7 });
    const [a, b] = [await one.get(2), await more.get(2)];
    expect(a.id).toBe('fundus-0002');
    expect(a.image.data).toEqual(b.image.data);
    const other = phantomDataset({ kind: 'fundus', count: 3, height: 48, width: 64, seed: 8 });
    expect((await other.get(2)).image.data).not.toEqual(a.image.data);
    const tissue = await phantomDataset({ kind: 'membrane', count: 1, height: 48, seed: 7 }).get(0);
    expect(
      [a.image, a.mask, tissue.image, tissue.mask].map(({ data }) => digest(data)),
    ).toMatchInlineSnapshot(`
      [
        "c81c73e489631f2c",
        "66406bd06f1b64fd",
        "02b0a96a9c915784",
        "7b4d11a8240ee17c",
      ]
    `);
  });

  test('the disc is about a tenth of the pixels, in every picture', async () => {
    const dataset = phantomDataset({ kind: 'fundus', count: 20, height: 64, seed: 1 });
    const { classShares, without, channels } = await describeDataset(dataset);
    expect(classShares[1]).toBeGreaterThan(0.08);
    expect(classShares[1]).toBeLessThan(0.12);
    expect([without, channels, dataset.classes]).toEqual([[0, 0], [3], ['background', 'disc']]);
  });

  test('the disc is brighter than what surrounds it', async () => {
    const { image, mask } = await phantomDataset({ kind: 'fundus', count: 1, height: 96, seed: 3 }).get(0);
    const mean = (label: number) => {
      let [sum, count] = [0, 0];
      for (let i = 0; i < mask.data.length; i++)
        if (mask.data[i] === label) {
          sum += image.data[3 * i + 1]!;
          count++;
        }
      return sum / count;
    };
    expect(mean(1)).toBeGreaterThan(mean(0) + 30);
  });

  test('the cup is a third class inside the disc; membranes are a fifth of the pixels', async () => {
    const cups = await describeDataset(phantomDataset({ kind: 'fundus', count: 6, height: 64, cup: true }));
    expect(cups.classShares[2]).toBeGreaterThan(0.005);
    expect(cups.classShares[2]).toBeLessThan(cups.classShares[1]!);
    const tissue = await describeDataset(phantomDataset({ kind: 'membrane', count: 6, height: 96 }));
    expect(tissue.classShares[1]).toBeGreaterThan(0.15);
    expect(tissue.classShares[1]).toBeLessThan(0.3);
  });

  test('options are checked', () => {
    expect(() => phantomDataset({ kind: 'lung' as 'fundus', count: 1 })).toThrow(
      "phantomDataset: kind (='lung') must be one of 'fundus', 'membrane'.",
    );
    expect(() => phantomDataset({ kind: 'fundus', count: 0 })).toThrow('count (=0) must be at least 1.');
    expect(() => phantomDataset({ kind: 'fundus', count: 1, height: 8 })).toThrow('height (=8)');
  });
});
