import { createRun, memoryStorage, openRun } from '@segscape/runs';
import fc from 'fast-check';
import { encode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { barePng } from '../src/data/bare-png.js';
import { plainYaml } from '../src/data/plain-yaml.js';
import { comparedTitle, type ReportFacts, reportHtml } from '../src/index.js';
import { withoutFolders } from '../src/privacy/without-folders.js';
import { syntheticRun } from './synthetic-run.js';

const small = { epochs: 2, resolution: 5, side: 16, samples: 1, images: 4 } as const;

describe('withoutFolders', () => {
  test.each([
    ['/home/ada/eyes/images', 'images'],
    ['/home/ada', 'home'],
    ['C:\\Users\\Ada Byron\\eyes\\', 'eyes'],
    ['C:\\Users\\Ada', 'home'],
    ['~/eyes', 'eyes'],
    ['../../ada/eyes', 'eyes'],
    ['file:///data/ada/a b.png', 'a b.png'],
    ['\\\\server\\ada\\eyes', 'eyes'],
    ["cannot read '/home/ada/eyes/1.png', left out", "cannot read '1.png', left out"],
    ['read /mnt/ada/eyes/1.png and C:\\ada\\x.png', 'read 1.png and x.png'],
    ['kept in /home/ada.', 'kept in home'],
  ])('%s', (text, bare) => expect(withoutFolders(text)).toBe(bare));
  test.each(['images/left', 'CE 1/3', 'Dice', 'https://example.com/a/b', '1 / 2', 'a\nb', '', '</b><i>'])(
    '%j says nothing of a machine and stays',
    (text) => expect(withoutFolders(text)).toBe(text),
  );
});

test('plainYaml is read back as it was', () =>
  fc.assert(
    fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (value) => {
      // JSON has one zero.
      const given = JSON.parse(JSON.stringify({ value })) as object;
      const storage = memoryStorage();
      await createRun(storage, plainYaml(given));
      expect((await openRun(storage)).config).toEqual(given);
    }),
    { numRuns: 500 },
  ));

test('a picture is its pixels only', () => {
  const png = encode({
    data: new Uint8Array(16),
    width: 4,
    height: 4,
    channels: 1,
    text: { Author: 'Ada Byron' },
  });
  expect(Buffer.from(png).toString('latin1')).toContain('Ada Byron');
  const { bytes, width } = barePng('a.png', png);
  expect(Buffer.from(bytes).toString('latin1')).not.toContain('Ada Byron');
  expect([barePng('a.png', bytes).bytes.length, width]).toEqual([bytes.length, 4]);
});

/** A run of another config, with facts changed. */
async function told(config: object, change: (facts: ReportFacts) => object = () => ({})) {
  const made = await syntheticRun(small);
  const storage = memoryStorage();
  await createRun(storage, config);
  for (const path of await made.list(''))
    if (!/^(config|manifest)/.test(path)) await storage.write(path, await made.read(path));
  const facts = JSON.parse(new TextDecoder().decode(await made.read('report.json'))) as ReportFacts;
  await storage.write('report.json', JSON.stringify({ ...facts, ...change(facts) }));
  return storage;
}

const titleOf = (html: string) => /<title>([^<]*)</.exec(html)![1];

describe('reportHtml', () => {
  const private_ = {
    name: 'quick',
    data: {
      kind: 'folder',
      images: `/home/ada/${'very long names of folders '.repeat(8)}/eyes`,
      masks: '/home/ada/masks',
    },
    plugins: ['C:\\Users\\ada\\mine.js', { path: '../ada/other.js' }],
  };

  test('shows no folder of the machine, not even in what it saves', async () => {
    const storage = await told(private_, (facts) => ({
      title: 'quick',
      material: {
        ...facts.material,
        dataset: { kind: 'folder', images: '/home/ada/eyes', masks: '/home/ada/masks' },
      },
    }));
    const html = await reportHtml(storage);
    expect(html).not.toMatch(/\bada\b/);
    expect(html).toContain('images: eyes');
    const packed = [...html.matchAll(/data-file="(?:config.yaml|report.json)">([^<]*)</g)];
    expect(packed).toHaveLength(2);
    for (const [, text] of packed) {
      const plain = new Blob([Buffer.from(text!, 'base64')])
        .stream()
        .pipeThrough(new DecompressionStream('gzip'));
      expect(await new Response(plain).text()).not.toMatch(/\bada\b/);
    }
  });
  test('is titled by what was compared on what, unless somebody gave a title', async () => {
    const facts = { title: 'quick' };
    expect(titleOf(await reportHtml(await told(private_, () => facts)))).toBe(
      'CE 1:1, CE 1:3, Focal γ=2 and Dice on 28 images (phantom, seeds 1 and 2)',
    );
    const named = { ...private_, report: { title: 'Eyes' } };
    expect(titleOf(await reportHtml(await told(named, () => ({ title: 'Eyes' }))))).toBe('Eyes');
  });
  test('comparedTitle counts many losses, and names the folder', async () => {
    const facts = JSON.parse(
      new TextDecoder().decode(await (await syntheticRun(small)).read('report.json')),
    ) as ReportFacts;
    const material = { ...facts.material, dataset: { kind: 'folder', images: '/data/eyes' } };
    expect(comparedTitle({ ...facts, losses: ['a', 'b', 'c', 'd', 'e'], seeds: [3], material })).toBe(
      '5 losses on 28 images (folder eyes, seed 3)',
    );
    const networks = ['deep', 'wide'].map((label) => ({ label, parameters: 10 }));
    const losses = networks.flatMap(({ label }) => ['a', 'b @ c'].map((loss) => `${loss} @ ${label}`));
    expect(comparedTitle({ ...facts, losses, seeds: [3], material: { ...material, networks } })).toBe(
      'a and b @ c by deep and wide on 28 images (folder eyes, seed 3)',
    );
  });
  test.each([
    ['by option', private_, { pseudonyms: true }],
    ['by config', { ...private_, report: { pseudonyms: true } }, {}],
  ])('pseudonyms %s: stable names, and none of the images’ own', async (_, config, options) => {
    const storage = await told(config, ({ scores }) => ({
      groups: Object.fromEntries(scores[0]!.images.map(({ id }) => [id, `patient of ${id}`])),
      pictures: [
        { name: 'phantom-024/image', group: 'prediction', title: 'Image', sample: 'phantom-024' },
        { name: 'phantom-025/gone', group: 'prediction', title: 'Image', sample: 'phantom-025' },
      ],
    }));
    const html = await reportHtml(storage, options);
    expect(html).not.toMatch(/phantom-0\d\d/);
    expect(html).toContain('Image image-001');
    const packed = /data-file="report.json">([^<]*)</.exec(html)![1]!;
    const plain = new Blob([Buffer.from(packed, 'base64')])
      .stream()
      .pipeThrough(new DecompressionStream('gzip'));
    const json = await new Response(plain).text();
    expect(json).not.toMatch(/phantom-0\d\d/);
    expect((JSON.parse(json) as ReportFacts).groups).toMatchObject({ 'image-002': 'patient-002' });
  });
  test('without images there is none', async () => {
    const html = await reportHtml(await syntheticRun(small), { images: false });
    expect(html).not.toContain('data:image/png');
    expect(html).not.toContain('id="samples"');
  });
});
