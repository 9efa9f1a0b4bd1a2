import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { phantomDataset } from '@segscape/data';
import { encodePng } from '@segscape/report';
import { sharedFolder } from '@segscape/testing';

const shared = sharedFolder('data');

/** What the pictures are. */
export const whose = shared === undefined ? 'drawn eyes, as IDRiD is not here' : 'IDRiD’s eyes';

/** A folder on this disk with four photographs of eyes and masks of their discs; without the shared data drawn ones. */
export async function foldersOfEyes(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'segscape-lab-eyes-'));
  for (const part of ['images', 'masks']) mkdirSync(join(folder, part));
  const drawn = phantomDataset({ kind: 'fundus', count: 4, height: 160, width: 160, seed: 3 });
  for (let i = 0; i < 4; i++) {
    const name = `IDRiD_0${i + 1}`;
    if (shared !== undefined) {
      const from = `${shared}/idrid-optic-disc`;
      copyFileSync(`${from}/images/${name}.jpg`, join(folder, 'images', `${name}.jpg`));
      copyFileSync(`${from}/masks/${name}.png`, join(folder, 'masks', `${name}.png`));
      continue;
    }
    const { image, mask } = await drawn.get(i);
    const seen = Uint8Array.from(mask.data, (value) => 255 * value);
    writeFileSync(join(folder, 'images', `${name}.png`), encodePng(image));
    writeFileSync(join(folder, 'masks', `${name}.png`), encodePng({ ...mask, data: seen }));
  }
  return folder;
}

/** A folder on this disk with four drawn pictures of cells, and COCO's annotations of a square in each, a crowd beside it. */
export async function folderOfAnnotations(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'segscape-lab-coco-'));
  mkdirSync(join(folder, 'images'));
  const size = { height: 64, width: 64 };
  const drawn = phantomDataset({ kind: 'fundus', count: 4, ...size, seed: 5 });
  const ids = [1, 2, 3, 4];
  for (const id of ids)
    writeFileSync(join(folder, 'images', `cell-${id}.png`), encodePng((await drawn.get(id - 1)).image));
  const content = {
    images: ids.map((id) => ({ id, file_name: `cell-${id}.png`, ...size })),
    annotations: ids.flatMap((id) => [
      { image_id: id, category_id: 9, iscrowd: 0, segmentation: [[10, 10, 30, 10, 30, 30, 10, 30]] },
      { image_id: id, category_id: 9, iscrowd: 1, segmentation: { size: [64, 64], counts: [4000, 96] } },
    ]),
    categories: [{ id: 9, name: 'nucleus' }],
  };
  writeFileSync(join(folder, 'instances.json'), JSON.stringify(content));
  return folder;
}
