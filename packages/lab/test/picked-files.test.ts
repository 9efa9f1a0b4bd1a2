import { readImage } from '@segscape/data';
import { encodePng } from '@segscape/report';
import { expect, test } from 'vitest';
import { arranged } from '../src/data/arranged-pairs.js';
import { unzipped } from '../src/data/picked-files.js';

const files = (...paths: string[]) =>
  paths.map((path) => ({ file: new File([], path.split('/').pop()!), path }));
const pairsOf = async (...paths: string[]) =>
  (await arranged(files(...paths))).pairs.map(({ id, image, mask }) => [id, image.name, mask.name]);

test('folders tell masks from images; of several folders of masks the plainest counts', async () => {
  expect(
    await pairsOf(
      'set/images/a.jpg',
      'set/masks/a.png',
      'set/masks_exudates/a.png',
      'set/labels/a.png',
      'set/README.md',
    ),
  ).toEqual([['a', 'a.jpg', 'a.png']]);
});
test('in one folder the endings of names tell them', async () => {
  expect(await pairsOf('cells/a.png', 'cells/a_mask.png', 'cells/.hidden.png')).toEqual([
    ['a', 'a.png', 'a_mask.png'],
  ]);
});
test('masks in a folder of their own may have an ending of their own, and NIfTI counts as an image', async () => {
  expect(await pairsOf('images/7.nii.gz', 'masks/7_seg.nii.gz')).toEqual([['7', '7.nii.gz', '7_seg.nii.gz']]);
});
test('a patient’s pictures keep the patient in their names, by which the split keeps them together', async () => {
  const paths = ['set/anna/1.png', 'set/anna/1_mask.png', 'set/ben/1.png', 'set/ben/1_mask.png'];
  const { pairs, group } = await arranged(files(...paths));
  expect(pairs.map(({ id }) => id)).toEqual(['anna__1', 'ben__1']);
  expect(pairs.map(({ id }) => new RegExp(group!).exec(id)?.[1])).toEqual(['anna', 'ben']);
});
test('COCO: annotations are drawn as masks, and an image that is not there is told of', async () => {
  const size = { height: 2, width: 3 };
  const raster = { ...size, channels: 1, data: new Uint8Array(6) };
  const picture = new File([encodePng(raster) as Uint8Array<ArrayBuffer>], 'one.png');
  const content = {
    images: [
      { id: 1, file_name: 'train/one.png', ...size },
      { id: 2, file_name: 'train/two.png', ...size },
    ],
    annotations: [
      { image_id: 1, category_id: 5, segmentation: [[0, 0, 1, 0, 1, 1, 0, 1]], iscrowd: 0 },
      { image_id: 1, category_id: 5, segmentation: { size: [2, 3], counts: [5, 1] }, iscrowd: 1 },
    ],
    categories: [{ id: 5, name: 'cell' }],
  };
  const { pairs, failures, classes, ignoreValues } = await arranged([
    // A twin of another ending is not what the annotations name.
    { file: new File([], 'one.bmp'), path: 'set/images/one.bmp' },
    { file: picture, path: 'set/images/one.png' },
    { file: new File([JSON.stringify(content)], 'instances.json'), path: 'set/instances.json' },
  ]);
  expect(pairs.map(({ id, image }) => [id, image])).toEqual([['train-one', picture]]);
  const { data } = await readImage(new Uint8Array(await pairs[0]!.mask.arrayBuffer()));
  expect([...data]).toEqual([1, 0, 0, 0, 0, 255]);
  expect({ classes, ignoreValues }).toEqual({ classes: ['background', 'cell'], ignoreValues: [255] });
  expect(failures).toMatchObject([
    {
      file: 'train/two',
      problem: expect.stringContaining("'train/two.png', which the annotations name, is not"),
    },
  ]);
});
test('both eyes of a person stay together', async () => {
  const names = ['01L', '01R', '02L', '02R'];
  const { pairs, group } = await arranged(
    files(...names.flatMap((name) => [`images/${name}.png`, `masks/${name}.png`])),
  );
  expect(pairs.map(({ id }) => new RegExp(group!).exec(id)?.[1])).toEqual(['01', '01', '02', '02']);
});
test('nnU-Net: classes come from dataset.json, and cases of several channels are told of', async () => {
  const plan = new File(['{"labels":{"background":0,"tumour":1}}'], 'dataset.json');
  const { pairs, classes, failures } = await arranged([
    { file: plan, path: 'Dataset001/dataset.json' },
    ...files(
      'Dataset001/imagesTr/a_0000.nii.gz',
      'Dataset001/labelsTr/a.nii.gz',
      'Dataset001/imagesTr/b_0000.nii.gz',
      'Dataset001/imagesTr/b_0001.nii.gz',
      'Dataset001/labelsTr/b.nii.gz',
    ),
  ]);
  expect(pairs.map(({ id, mask }) => [id, mask.name])).toEqual([['a', 'a.nii.gz']]);
  expect(classes).toEqual(['background', 'tumour']);
  expect(failures).toMatchObject([{ file: 'b', problem: expect.stringContaining('channels') }]);
});
test('two files of which one is a mask by its name or folder belong together, whatever they are called', async () => {
  expect(await pairsOf('isbi/train-volume.tif', 'isbi/train-labels.tif')).toEqual([
    ['train-volume', 'train-volume.tif', 'train-labels.tif'],
  ]);
  expect(await pairsOf('images/stack.tif', 'masks/truth.tif')).toEqual([['stack', 'stack.tif', 'truth.tif']]);
  expect(await pairsOf('x/segment-a.tif', 'x/segment-b.tif')).toEqual([]);
});
test('a zip made on Windows has its folders', async () => {
  const { zipSync } = await import('fflate');
  const bytes = zipSync({ 'set\\images\\a.png': Uint8Array.of(1), 'set\\masks\\a.png': Uint8Array.of(2) });
  const file = new File([bytes as Uint8Array<ArrayBuffer>], 'set.zip');
  const inside = await unzipped([{ file, path: 'set.zip' }]);
  expect(inside.map(({ path }) => path)).toEqual(['set/set/images/a.png', 'set/set/masks/a.png']);
  expect((await arranged(inside)).pairs.map(({ id }) => id)).toEqual(['a']);
});
test('a table names the pairs, wherever they lie, and their patients', async () => {
  const table = (text: string, path = 'set/list.csv') => ({
    file: new File([text], path.split('/').pop()!),
    path,
  });
  const all = files('set/scans/x.png', 'set/scans/y.png', 'set/drawn/1.png', 'set/drawn/2.png');
  const plain = await arranged([
    ...all,
    table('id;mask;image\n;drawn/1.png;scans/x.png\nsecond;drawn/2.png;scans/y.png\n'),
  ]);
  expect(plain.pairs.map(({ id, image, mask }) => [id, image.name, mask.name])).toEqual([
    ['x', 'x.png', '1.png'],
    ['second', 'y.png', '2.png'],
  ]);
  expect(plain.group).toBeUndefined();
  const grouped = await arranged([
    ...all,
    table('image,mask,group\nscans/x.png,drawn/1.png,anna\nscans/z.png,drawn/2.png,ben\n'),
  ]);
  expect(grouped.pairs.map(({ id }) => id)).toEqual(['anna__x']);
  expect(new RegExp(grouped.group!).exec('anna__x')![1]).toBe('anna');
  expect(grouped.failures[0]!.problem).toContain("names 'scans/z.png', which is not among the files");
  // A table of something else is none of pairs.
  expect(
    (
      await arranged([
        ...files('a/images/1.png', 'a/masks/1.png'),
        table('id,diagnosis\n1,well\n', 'a/list.csv'),
      ])
    ).pairs,
  ).toHaveLength(1);
});
test('what has no partner is told of on either side', async () => {
  const { failures } = await arranged(files('images/a.png', 'images/b.png', 'masks/a.png', 'masks/c.png'));
  expect(failures.map(({ file }) => file)).toEqual(['b.png', 'c.png']);
});
test('names that tell nothing are answered by what to do', async () => {
  const { pairs, failures } = await arranged(files('x/one.png', 'x/two.png'));
  expect(pairs).toEqual([]);
  expect(failures[0]!.problem).toContain('a_mask.png');
});
