import { expect, test } from 'vitest';
import { parted } from '../src/data/picked-files.js';

const files = (...paths: string[]) =>
  paths.map((path) => ({ file: new File([], path.split('/').pop()!), path }));
const names = (list: readonly File[]) => list.map(({ name }) => name);

test('folders tell masks from images; of several folders of masks the plainest counts', () => {
  const { images, masks } = parted(
    files(
      'set/images/a.jpg',
      'set/masks/a.png',
      'set/masks_exudates/a.png',
      'set/labels/a.png',
      'set/README.md',
    ),
  );
  expect([names(images), names(masks)]).toEqual([['a.jpg'], ['a.png']]);
});
test('in one folder the endings of names tell them', () => {
  const { images, masks } = parted(files('cells/a.png', 'cells/a_mask.png', 'cells/.hidden.png'));
  expect([names(images), names(masks)]).toEqual([['a.png'], ['a_mask.png']]);
});
