import { folderDataset, guessLayout } from '@segscape/data';
import { describe, expect, test } from 'vitest';
import { png, tree } from './fixtures/writers.js';

const eyes = '^(.+?)[-_. ]?(?:[LR]|O[DS]|[Ll]eft|[Rr]ight|LEFT|RIGHT)$';

describe('names tell how images and masks lie', () => {
  test.each([
    [
      ['images/a.png', 'images/b.png', 'masks/a.png', 'masks/b.png'],
      { kind: 'folder', images: 'images', masks: 'masks' },
    ],
    [
      ['Img/a.tif', 'GT/a_seg.tif', 'split.json'],
      { kind: 'folder', images: 'Img', masks: 'GT', pair: '{name}_seg', split: 'split.json' },
    ],
    [['imgs/a.png', 'masks/a.JPG'], { kind: 'folder', images: 'imgs', masks: 'masks', maskThreshold: 127 }],
    [
      ['images/a.nii.gz', 'labels/a.nii.gz', 'masks/a.nii.gz'],
      { kind: 'folder', images: 'images', masks: 'masks' },
    ],
    [['dataset.json', 'imagesTr/a_0000.nii.gz', 'labelsTr/a.nii.gz'], { kind: 'nnunet', root: '' }],
    [
      ['./a.png', './a_mask.png', 'b.png', 'b_mask.png'],
      { kind: 'folder', layout: 'suffix', images: '', pair: '{name}_mask' },
    ],
    [
      ['p1\\a.png', 'p1\\a_gt.png', 'p2\\a.png', 'p2\\a_gt.png'],
      { kind: 'folder', layout: 'patients', images: '', pair: '{name}_gt' },
    ],
    [
      ['images/01L.png', 'images/01R.png', 'images/02L.png', 'images/02R.png', 'masks/01L.png'],
      { kind: 'folder', images: 'images', masks: 'masks', group: eyes },
    ],
    [
      ['7_OD.png', '7_OD_mask.png', '7_OS.png', '7_OS_mask.png', 'b-left.png', 'b-right.png'],
      { kind: 'folder', layout: 'suffix', images: '', pair: '{name}_mask', group: eyes },
    ],
    // One eye of each, and a letter at the end by chance.
    [
      ['images/01L.png', 'images/02L.png', 'images/03R.png', 'masks/01L.png'],
      { kind: 'folder', images: 'images', masks: 'masks' },
    ],
    [
      ['images/CELL.png', 'images/CELR.png', 'images/b.png', 'images/c.png', 'images/d.png', 'masks/b.png'],
      { kind: 'folder', images: 'images', masks: 'masks' },
    ],
    [['.hidden/a.png', '.hidden/a_mask.png', '__MACOSX/a.png', '._a.png', 'a.png'], undefined],
    [['images/a.png', 'notes.txt'], undefined],
    [[], undefined],
  ])('%j', (paths, expected) => {
    expect(guessLayout(paths)).toEqual(expected);
  });
});

test('what is guessed is options of a dataset that loads', async () => {
  const [image, mask] = [png([[1, 2]]), png([[0, 255]])];
  const paths = ['p1/a.png', 'p1/a_mask.png', 'p2/a.png', 'p2/a_mask.png'];
  const root = tree(Object.fromEntries(paths.map((path) => [path, path.includes('mask') ? mask : image])));
  const guessed = guessLayout(paths);
  if (guessed?.kind !== 'folder') throw new Error('no folder');
  const { kind: _, images, ...options } = guessed;
  const dataset = await folderDataset({ ...options, images: `${root}/${images}` });
  expect([dataset.ids, dataset.groups]).toEqual([
    ['p1/a', 'p2/a'],
    ['p1', 'p2'],
  ]);
});

test('a folder instead of a list of files is refused', () => {
  const folder: unknown = 'images';
  expect(() => guessLayout(folder as string[])).toThrow(
    "guessLayout: paths (='images') must be a list of the paths of files.",
  );
});
