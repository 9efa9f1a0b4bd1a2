import { symlinkSync } from 'node:fs';
import { cocoDataset, type FolderOptions, folderDataset, nnunetDataset, splitDataset } from '@segscape/data';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { png, tiff, tree } from './fixtures/writers.js';

const classes = ['background', 'disc'];
const gray = png([[1, 2, 3, 4]]);
const mask = png([[0, 255, 0, 255]]);
const other = png([[255, 0, 0, 0]]);

const folders = (files: Readonly<Record<string, Uint8Array>>, options: Partial<FolderOptions> = {}) => {
  const root = tree(files);
  return folderDataset({ images: `${root}/images`, masks: `${root}/masks`, classes, ...options });
};
const labels = async (dataset: Awaited<ReturnType<typeof folderDataset>>, index = 0) =>
  Array.from((await dataset.get(index)).mask.data);

describe('two folders', () => {
  test('twins keep their endings when each has its own mask', async () => {
    const files = { 'images/a.png': gray, 'images/a.bmp': gray, 'images/b.png': gray, 'masks/b.tif': mask };
    const dataset = await folders({ ...files, 'masks/a.png': mask, 'masks/a.bmp': other });
    expect(dataset.ids).toEqual(expect.arrayContaining(['a.png', 'a.bmp', 'b']));
    expect(await labels(dataset, dataset.ids!.indexOf('a.png'))).toEqual([0, 1, 0, 1]);
    expect(await labels(dataset, dataset.ids!.indexOf('a.bmp'))).toEqual([1, 0, 0, 0]);
    await expect(folders({ ...files, 'masks/a.png': mask })).rejects.toMatchObject({
      code: 'PAIR_MISSING',
      message: expect.stringMatching(
        /'.*a\.(png|bmp)' and '.*a\.(png|bmp)' have one name; keep one of them, or give each a mask of its own ending\.$/,
      ),
    });
    await expect(folders({ 'images/a.png': gray, 'masks/a.png': mask, 'masks/a.bmp': mask })).rejects.toThrow(
      'have one name',
    );
  });

  test('names composed and decomposed are one', async () => {
    const [composed, apart] = ['Zürich'.normalize('NFC'), 'Zürich'.normalize('NFD')];
    const dataset = await folders({ [`images/${apart}.png`]: gray, [`masks/${composed}.png`]: mask });
    expect(dataset.ids).toEqual([composed]);
    for (const name of [composed, apart, `${apart}.png`]) {
      const { train } = await splitDataset(dataset, { lists: { train: [name] } });
      expect(train.ids).toEqual([composed]);
    }
  });

  test('any name, $ and * and brackets too, pairs through any pattern', () =>
    fc.assert(
      fc.asyncProperty(
        fc.stringMatching(/^[a-z$&`'()[\]{}+^!-]{1,8}$/),
        fc.constantFrom('{name}_mask', 'm$&{name}', '$1{name}$$', '{name}'),
        async (name, pair) => {
          const file = `${pair.replace('{name}', () => name)}.png`;
          const dataset = await folders({ [`images/${name}.png`]: gray, [`masks/${file}`]: mask }, { pair });
          expect(dataset.ids).toEqual([name]);
        },
      ),
      { numRuns: 40 },
    ));

  const empty = png([[0, 0, 0, 0]]);
  test('several masks of one image: objects by *, classes by name', async () => {
    const objects = { 'images/a.png': gray, 'masks/a_1.png': mask, 'masks/a_2.png': other };
    expect(await labels(await folders(objects, { pair: '{name}_*' }))).toEqual([1, 1, 0, 1]);
    const three = { classes: ['background', 'inside', 'boundary'], labels: 'instances' } as const;
    expect(await labels(await folders(objects, { pair: '{name}_*', ...three }))).toEqual([2, 2, 0, 2]);
    const files = { 'images/a.png': gray, 'masks/a_disc.png': mask, 'masks/a_cup.png': png([[0, 0, 0, 9]]) };
    const pair = { cup: '{name}_cup', disc: '{name}_disc' };
    const byClass = await folders(files, { pair, classes: ['background', 'disc', 'cup'] });
    expect(await labels(byClass)).toEqual([0, 1, 0, 2]);
    await expect(folders(files, { pair: { ...pair, rim: '{name}_rim' } })).rejects.toThrow(
      "folderDataset: pair (='cup') must name only classes: background, disc.",
    );
    // Of classes that overlap each is read by itself, the masks of the other known but unread.
    const disc = await folders(files, { pair, classes: ['rest', 'disc'], only: 'disc' });
    expect(await labels(disc)).toEqual(
      await labels(
        await folders({ ...files, 'masks/a_cup.png': empty }, { pair, classes: ['rest', 'disc', 'cup'] }),
      ),
    );
    expect(disc.describe()).toMatchObject({ only: 'disc' });
    await expect(folders(files, { pair, classes: ['rest', 'disc'], only: 'rim' })).rejects.toThrow(
      "folderDataset: only (='rim') must be one of the classes in pair: cup, disc.",
    );
    await expect(folders(objects, { pair: '{name}_*', only: 'disc' })).rejects.toThrow(
      "folderDataset: only (='disc') must be given with a pair by class.",
    );
    const small = png([[1]]);
    const odd = await folders({ ...objects, 'masks/a_2.png': small }, { pair: '{name}_*' });
    await expect(odd.get(0)).rejects.toMatchObject({ code: 'MASK_SIZE_MISMATCH' });
  });
});

describe('other layouts', () => {
  test('suffix: images and masks in one folder', async () => {
    const images = tree({
      'x.png': gray,
      'x_mask.png': mask,
      'y_1.png': gray,
      'y_1_mask.tif': other,
      '._x.png': gray,
    });
    const dataset = await folderDataset({ images, layout: 'suffix', classes });
    expect(dataset.ids).toEqual(['x', 'y_1']);
    expect(await labels(dataset, 1)).toEqual([1, 0, 0, 0]);
    const alone = tree({ 'x.png': gray, 'x_mask.png': mask, 'z.png': gray });
    await expect(folderDataset({ images: alone, layout: 'suffix', classes })).rejects.toThrow(
      /no mask for image '.*z\.png'/,
    );
    await expect(folderDataset({ images, masks: images, layout: 'suffix', classes })).rejects.toThrow(
      'must not be given with layout suffix: they lie beside their images.',
    );
    await expect(folderDataset({ images, classes })).rejects.toThrow(
      'folderDataset: masks (=undefined) must be given.',
    );
  });

  test('patients: linked folders are gone into, those that lead back are not', async () => {
    const elsewhere = tree({ 'p2/a.png': gray, 'p2/a_mask.png': other });
    const images = tree({ 'p1/a.png': gray, 'p1/a_mask.png': mask });
    symlinkSync(`${elsewhere}/p2`, `${images}/p2`);
    symlinkSync(images, `${images}/p1/again`);
    const dataset = await folderDataset({ images, layout: 'patients', classes });
    expect([dataset.ids, dataset.groups]).toEqual([
      ['p1/a', 'p2/a'],
      ['p1', 'p2'],
    ]);
    symlinkSync(`${images}/nothing`, `${images}/p1/b.png`);
    symlinkSync(`${images}/nothing`, `${images}/p1/b_mask.png`);
    const broken = await folderDataset({ images, layout: 'patients', classes });
    await expect(broken.get(broken.ids!.indexOf('p1/b'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('patients: folders are groups', async () => {
    const images = tree({
      'p1/a.png': gray,
      'p1/a_mask.png': mask,
      'p2/scan/a.png': gray,
      'p2/scan/a_mask.png': other,
    });
    const dataset = await folderDataset({ images, layout: 'patients', classes });
    expect([dataset.ids, dataset.groups]).toEqual([
      ['p1/a', 'p2/scan/a'],
      ['p1', 'p2'],
    ]);
    expect((await dataset.get(1)).group).toBe('p2');
    const nuclei = tree({ 'n7/images/n7.png': gray, 'n7/masks/1.png': mask, 'n7/masks/2.png': other });
    const pair = '{folder}/../masks/*';
    const joined = await folderDataset({ images: nuclei, layout: 'patients', pair, classes });
    expect([joined.ids, await labels(joined)]).toEqual([['n7/images/n7'], [1, 1, 0, 1]]);
  });

  test('csv: image, mask, id, group; quotes, semicolons, a mark at the start', async () => {
    const files = { 'i/a.png': gray, 'm/1.png': mask, 'i/b, c.png': gray, 'm/2.png': other };
    const table = '\ufeffgroup,image,mask,id\r\np1,i/a.png,m/1.png,first\r\np2,"i/b, c.png",m/2.png,\r\n';
    const root = tree({ ...files, 'pairs.csv': table, 'semi.csv': 'image;mask\ni/a.png;m/2.png\n' });
    const dataset = await folderDataset({ images: `${root}/pairs.csv`, layout: 'csv', classes });
    expect([dataset.ids, dataset.groups]).toEqual([
      ['first', 'b, c'],
      ['p1', 'p2'],
    ]);
    expect(await labels(dataset, 1)).toEqual([1, 0, 0, 0]);
    expect(await labels(await folderDataset({ images: `${root}/semi.csv`, layout: 'csv', classes }))).toEqual(
      [1, 0, 0, 0],
    );
    for (const [text, why] of [
      ['image,labels\na,b\n', 'has the columns image, labels'],
      ['image,mask\na.png,\n', 'has no image or no mask in row 2'],
      ['image,mask\na.png,b\na.png,c\n', "names 'a' in rows 2 and 3"],
    ] as const) {
      const images = `${tree({ 'x.csv': text })}/x.csv`;
      await expect(folderDataset({ images, layout: 'csv', classes })).rejects.toMatchObject({
        code: 'CORRUPT_FILE',
        message: `folderDataset: '${images}' ${why}; expected columns image, mask [, id, group].`,
      });
    }
  });

  test('a split tells which ids it leaves out', async () => {
    const images = tree({ 'x.png': gray, 'x_mask.png': mask, 'y.png': gray, 'y_mask.png': mask });
    const dataset = await folderDataset({ images, layout: 'suffix', classes });
    expect((await splitDataset(dataset, { lists: { train: ['x.png'] } })).leftOut).toEqual(['y']);
    expect((await splitDataset(dataset, { test: 0.5 })).leftOut).toEqual([]);
  });
});

describe('nnunetDataset', () => {
  const meta = {
    channel_names: { 0: 'red', 1: 'green' },
    labels: { background: 0, disc: 1, cup: 2, ignore: 3 },
    file_ending: '.png',
    numTraining: 2,
  };
  const files = {
    'dataset.json': JSON.stringify(meta),
    'splits_final.json': JSON.stringify([
      { train: ['a'], val: ['b'] },
      { train: ['b'], val: ['a'] },
    ]),
    'imagesTr/a_0000.png': gray,
    'imagesTr/a_0001.png': png([[5, 6, 7, 8]]),
    'imagesTr/b_0000.png': gray,
    'imagesTr/b_0001.png': gray,
    'labelsTr/a.png': png([[0, 1, 2, 3]]),
    'labelsTr/b.png': png([[0, 0, 0, 0]]),
  };

  test('channels, classes, void and folds', async () => {
    const dataset = await nnunetDataset({ root: tree(files), fold: 1 });
    expect([dataset.ids, dataset.classes, dataset.ignoreIndex, dataset.split]).toEqual([
      ['a', 'b'],
      ['background', 'disc', 'cup'],
      255,
      { train: ['b'], validation: ['a'] },
    ]);
    const { image, mask: found } = await dataset.get(0);
    expect([image.channels, Array.from(image.data)]).toEqual([2, [1, 5, 2, 6, 3, 7, 4, 8]]);
    expect(Array.from(found.data)).toEqual([0, 1, 2, 255]);
  });

  test('natural pictures have their colours in one file', async () => {
    const colours = { ...meta, channel_names: { 0: 'R', 1: 'G', 2: 'B' } };
    const whole = {
      'dataset.json': JSON.stringify(colours),
      'imagesTr/a_0000.png': png([[1, 2, 3, 4, 5, 6]], { channels: 3 }),
      'labelsTr/a.png': png([[0, 1]]),
    };
    const { image } = await (await nnunetDataset({ root: tree(whole) })).get(0);
    expect([image.channels, Array.from(image.data)]).toEqual([3, [1, 2, 3, 4, 5, 6]]);
    const root = tree({ ...whole, 'imagesTr/a_0000.png': png([[1, 2]]) });
    await expect((await nnunetDataset({ root })).get(0)).rejects.toMatchObject({
      code: 'PAIR_MISSING',
      message: `nnunetDataset: '${root}/imagesTr/a_0000.png' is the one file of its case and has 1 channel; '${root}/dataset.json' names 3. Add a file for each channel, or all of them in one.`,
    });
  });

  test('what is missing or not ours is named', async () => {
    const { 'imagesTr/b_0001.png': _, ...fewer } = files;
    const root = tree(fewer);
    await expect(nnunetDataset({ root })).rejects.toThrow(
      `nnunetDataset: no file '${root}/imagesTr/b_0001.png'. Every case needs a label and a file for each channel.`,
    );
    const saying = (change: object) =>
      nnunetDataset({ root: tree({ ...files, 'dataset.json': JSON.stringify({ ...meta, ...change }) }) });
    await expect(saying({ file_ending: '.nrrd' })).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' });
    await expect(saying({ labels: { background: 0, whole: [1, 2] } })).rejects.toThrow(
      "makes 'whole' a region of several labels",
    );
    await expect(saying({ labels: null })).rejects.toMatchObject({ code: 'CORRUPT_FILE' });
    for (const odd of [null, 'a', { train: ['a'] }])
      await expect(
        nnunetDataset({ root: tree({ ...files, 'splits_final.json': JSON.stringify([odd]) }) }),
      ).rejects.toMatchObject({
        code: 'CORRUPT_FILE',
        message: expect.stringContaining('lacks lists in fold 0'),
      });
    await expect(nnunetDataset({ root: tree(files), fold: 2 })).rejects.toThrow(
      'fold (=2) must be an integer in [0, 2)',
    );
  });
});

describe('cocoDataset', () => {
  const size = { height: 4, width: 5 };
  const image = { id: 7, file_name: 'a.png', ...size };
  const categories = [
    { id: 3, name: 'cell' },
    { id: 1, name: 'dirt' },
  ];
  const picture = png(Array.from({ length: 4 }, () => [1, 2, 3, 4, 5]));
  const made = async (annotations: readonly object[], options: object = {}, change: object = {}) => {
    const root = tree({
      'a.png': picture,
      'c.json': JSON.stringify({ images: [image], annotations, categories, ...change }),
    });
    return cocoDataset({ images: root, annotations: `${root}/c.json`, ...options });
  };
  const shape = (segmentation: unknown, category = 3, iscrowd = 0) => ({
    image_id: 7,
    category_id: category,
    segmentation,
    iscrowd,
  });

  test('polygons cover the pixels whose centres lie inside', async () => {
    const dataset = await made([shape([[1, 1, 4, 1, 4, 3, 1, 3]])]);
    expect(dataset.classes).toEqual(['background', 'dirt', 'cell']);
    expect(Array.from((await dataset.get(0)).mask.data)).toEqual([
      ...[0, 0, 0, 0, 0],
      ...[0, 2, 2, 2, 0],
      ...[0, 2, 2, 2, 0],
      ...[0, 0, 0, 0, 0],
    ]);
  });

  test('runs go down the columns, plain or as a string; crowds are void under objects', async () => {
    const counts = [5, 2, 13];
    const wanted = [0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0];
    const plain = await made([shape({ size: [4, 5], counts })]);
    expect(Array.from((await plain.get(0)).mask.data)).toEqual(wanted);
    // 5, 2 and 13 fit five bits each, signed: '5', '2', '=' are 48 more.
    const text = await made([shape({ size: [4, 5], counts: '52=' })]);
    expect(Array.from((await text.get(0)).mask.data)).toEqual(wanted);
    const crowd = await made([
      shape([[0, 0, 2, 0, 2, 2, 0, 2]]),
      shape({ size: [4, 5], counts: [0, 20] }, 1, 1),
    ]);
    expect(crowd.ignoreIndex).toBe(255);
    expect(Array.from((await crowd.get(0)).mask.data).slice(0, 5)).toEqual([2, 2, 255, 255, 255]);
    const chosen = await made([shape([[0, 0, 2, 0, 2, 2, 0, 2]], 1), shape([[4, 0, 5, 0, 5, 1, 4, 1]])], {
      categories: ['cell'],
    });
    expect(Array.from((await chosen.get(0)).mask.data).slice(0, 5)).toEqual([0, 0, 0, 0, 1]);
  });

  test('files that were picked are found by their paths, or by their names', async () => {
    const content = { images: [{ ...image, file_name: 'sub/a.png' }], annotations: [], categories };
    const annotations = new File([JSON.stringify(content)], 'c.json');
    const other = new File([png([[9]]) as Uint8Array<ArrayBuffer>], 'other/a.png');
    const bytes = picture as Uint8Array<ArrayBuffer>;
    for (const [name, beside] of [
      ['sub/a.png', [other]],
      ['a.png', []],
    ] as const) {
      const dataset = await cocoDataset({ images: [...beside, new File([bytes], name)], annotations });
      expect(await dataset.get(0)).toMatchObject({ id: 'sub/a', image: size });
    }
    const none = await cocoDataset({ images: [new File([bytes], 'b.png')], annotations });
    await expect(none.get(0)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a name that is listed twice is one class', async () => {
    const twice = { categories: [{ id: 0, name: 'cell' }, ...categories] };
    const dataset = await made(
      [shape([[0, 0, 2, 0, 2, 2, 0, 2]]), shape([[4, 0, 5, 0, 5, 1, 4, 1]], 0)],
      {},
      twice,
    );
    expect(dataset.classes).toEqual(['background', 'cell', 'dirt']);
    expect(Array.from((await dataset.get(0)).mask.data).slice(0, 5)).toEqual([1, 1, 0, 0, 1]);
    await expect(made([], { categories: ['cell', 'cell'] })).rejects.toThrow(
      "categories (='cell') must be named once",
    );
  });

  test('what would be lost in silence is refused: boxes without outlines, two images of one id', async () => {
    await expect(made([shape([])])).rejects.toThrow(
      'has an annotation of image 7 that is a box without an outline',
    );
    expect((await made([shape([], 1)], { categories: ['cell'] })).length).toBe(1);
    const images = [image, { ...image, file_name: 'b.png' }];
    await expect(made([], {}, { images })).rejects.toThrow('gives two images the id 7');
  });

  test('damage is named', async () => {
    const damaged = async (annotation: object, why: string) =>
      await expect((await made([annotation])).get(0)).rejects.toMatchObject({
        code: 'CORRUPT_FILE',
        message: expect.stringContaining(why),
      });
    await damaged(shape([[1, 2, 3]]), "has a damaged annotation of 'a.png' (its polygon has 3 numbers)");
    await damaged(shape({ size: [4, 5], counts: [5, 30] }), 'its runs do not fit 5×4 pixels');
    await damaged(shape({ size: [4, 5], counts: [5] }), 'its runs end after 5 of 20 pixels');
    await damaged(shape({ size: [5, 4], counts: [20] }), 'its runs are of 4×5 pixels, the image of 5×4');
    await damaged(shape({ size: [4, 5], counts: 'oooooooooo' }), 'its string of runs is damaged');
    await expect(made([shape([], 99)])).rejects.toMatchObject({ code: 'CORRUPT_FILE' });
    await expect(made([], { categories: ['nucleus'] })).rejects.toThrow(
      'be among those of the file: dirt, cell',
    );
  });
});

test('a page of a TIFF with an odd number of channels is no trouble to a dataset', async () => {
  const five = tiff([{ width: 4, height: 1, bits: 8, channels: 5, data: new Uint8Array(20) }]);
  const dataset = await folders({ 'images/a.tif': five, 'masks/a.png': mask });
  expect((await dataset.get(0)).image.channels).toBe(5);
  const asGray = await folders({ 'images/a.tif': five, 'masks/a.png': mask }, { channels: 1 });
  await expect(asGray.get(0)).rejects.toThrow(
    /a\.tif' has 5 channels, which can't be made 1; gray \(1\) and RGB \(3\) can\./,
  );
});
