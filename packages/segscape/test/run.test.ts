import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cp, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readImage } from '@segscape/data';
import { beforeAll, describe, expect, test } from 'vitest';
import { discFolder, type Ended, segscape, tinyConfig, workFolder } from './cli.js';

const folder = workFolder();
const run = join(folder, 'first');
let first: Ended;

beforeAll(async () => {
  writeFileSync(join(folder, 'tiny.yaml'), tinyConfig());
  await discFolder(join(folder, 'cells'));
  first = await segscape(folder, 'run', 'tiny.yaml', '--out', 'first');
});

describe('segscape run', () => {
  test('trains, compares, draws the surfaces and tells where the report is', () => {
    expect(first.err).toBe('');
    expect(first.code).toBe(0);
    expect(first.out).toMatch(/│ Dice +│ 0\.\d{3}/);
    expect(first.out).toContain(`Report: ${join(run, 'report.html')}`);
    expect(first.out).toContain('Dice, seed 1, epoch 2/2: test loss');
  });

  test('leaves a run of plain files', async () => {
    for (const file of ['config.yaml', 'history.csv', 'model.json', 'evaluation.json', 'environment.json'])
      expect(existsSync(join(run, file)), file).toBe(true);
    expect(readFileSync(join(run, 'report.html'), 'utf8')).toMatch(/^<!doctype html>/i);
    expect((await readdir(join(run, 'landscapes'))).filter((name) => name.endsWith('.h5'))).toHaveLength(8);
    expect(readFileSync(join(run, 'config.yaml'), 'utf8')).toContain('phantom: fundus');
  });

  test('the receipt has the hash of the code', () => {
    const [{ code, versions }] = JSON.parse(readFileSync(join(run, 'environment.json'), 'utf8'));
    expect(code).toMatch(/^[0-9a-f]{64}$/);
    expect(Object.keys(versions)).toContain('@segscape/study');
    const report = readFileSync(join(run, 'report.html'), 'utf8');
    expect(report).toContain(`<th scope="row">code</th><td><code>${code}`);
  });

  test('a folder of images by options alone', async () => {
    await discFolder(join(folder, 'alike'), 4, 24);
    const args = [
      '--preset',
      'quick',
      '--data',
      'folder',
      '--images',
      'cells/images',
      '--masks',
      'cells/masks',
    ];
    const { code, out, err } = await segscape(
      folder,
      ...[
        'run',
        ...args,
        '--classes',
        'ground,cell',
        '--losses',
        'ce,dice',
        '--epochs',
        '1',
        '--out',
        'cells-run',
      ],
    );
    expect(err).toBe('');
    expect(code).toBe(0);
    for (const label of ['ce', 'dice']) expect(out).toContain(label);
    expect(out).toContain('cell');
  });

  test('images of several sizes, and masks with the noise of a lossy format by their threshold', async () => {
    const root = join(folder, 'lossy');
    await discFolder(root, 4);
    for (const name of await readdir(join(root, 'masks'))) {
      const mask = await readImage(join(root, 'masks', name));
      const noisy = mask.data.map((value, i) => (value > 0 ? 255 - (i % 5) : i % 5));
      const { encodePng } = await import('@segscape/report');
      writeFileSync(join(root, 'masks', name), encodePng({ ...mask, data: noisy }));
    }
    writeFileSync(
      join(folder, 'small.yaml'),
      'model: { kind: unet, baseChannels: 2, depth: 2 }\ntraining: { epochs: 1 }\nlandscape: { enabled: false }\n',
    );
    const args = [
      'run',
      'small.yaml',
      '--data',
      'folder',
      '--images',
      'lossy/images',
      '--masks',
      'lossy/masks',
    ];
    const refused = await segscape(folder, ...args, '--out', 'lossy-run');
    expect(refused.err).toContain('maskThreshold: 127 for a lossy mask');
    const { code } = await segscape(folder, ...args, '--mask-threshold', '127', '--out', 'lossy-run');
    expect(code).toBe(0);
  });

  test('--resume of a finished run writes the report anew and gives the same table', async () => {
    await cp(run, join(folder, 'again'), { recursive: true });
    const { code, out } = await segscape(folder, 'run', '--resume', '--out', 'again');
    expect(code).toBe(0);
    const table = (text: string) => text.slice(text.indexOf('┌'), text.indexOf('Report:'));
    expect(table(out)).toBe(table(first.out));
  });
});

describe('a run that grows', () => {
  test('by a loss and a seed; what is there is not trained again, and what would change it is refused', async () => {
    await cp(run, join(folder, 'grown'), { recursive: true });
    const add = ['--losses', 'crossEntropy,focal:gamma=3', '--seeds', '1,5'];
    const grown = await segscape(folder, 'run', '--resume', '--out', 'grown', ...add);
    expect(grown.code, grown.err).toBe(0);
    const epochs = [...grown.out.matchAll(/^\s+(\S+), seed (\d), epoch 2\/2/gm)].map(
      ([, loss, seed]) => `${loss} ${seed}`,
    );
    expect(epochs).toEqual(['crossEntropy 5', 'Dice 5', 'focal:gamma=3 1', 'focal:gamma=3 5']);
    expect(grown.out).toMatch(/│ focal:gamma=3 +│ 0\.\d{3}/);
    const kept = (text: string) => text.split('\n').filter((line) => line.startsWith('Dice,1,'));
    const history = (name: string) => readFileSync(join(folder, name, 'history.csv'), 'utf8');
    expect(kept(history('grown'))).toEqual(kept(history('first')));
    writeFileSync(join(folder, 'other.yaml'), tinyConfig().replace('batchSize: 2', 'batchSize: 3'));
    const refused = await segscape(folder, 'run', 'other.yaml', '--resume', '--out', 'grown');
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('training.batchSize was 2, is 3');
    expect((await segscape(folder, 'inspect', 'grown')).out).toContain('Everything is sound.');
  });
});

describe('segscape predict', () => {
  // The phantom that the network was trained on is in colour.
  beforeAll(() => discFolder(join(folder, 'colour'), 6, undefined, 3));

  test('masks of the images’ own size, overlays, probabilities and objects', async () => {
    const { code, out, err } = await segscape(
      folder,
      ...['predict', 'first', 'colour/images', '--out', 'masks', '--overlay', '--probabilities'],
    );
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/Masks and objects\.csv \(\d+ objects\)/);
    const names = await readdir(join(folder, 'masks'));
    expect(names).toEqual(
      expect.arrayContaining(['cell-0.png', 'cell-0-overlay.png', 'cell-0-disc.png', 'objects.csv']),
    );
    const mask = await readImage(join(folder, 'masks', 'cell-1.png'));
    expect([mask.height, mask.width]).toEqual([36, 40]);
    expect(readFileSync(join(folder, 'masks', 'objects.csv'), 'utf8')).toMatch(
      /^image,object,class,areaPixels,areaSquareMicrometres,confidence,error\n/,
    );
  });

  test('one image, by the network of a loss that is named', async () => {
    const args = ['predict', 'first', 'colour/images/cell-2.png', '--out', 'one', '--loss'];
    const { code, out } = await segscape(folder, ...args, 'crossEntropy');
    expect(code).toBe(0);
    expect(out).toContain('by the network trained with crossEntropy');
    const { code: bad, err } = await segscape(folder, ...args, 'crossentropy');
    expect(bad).toBe(1);
    expect(err).toContain("the run has no loss 'crossentropy'. Did you mean 'crossEntropy'?");
  });
});

describe('segscape export', () => {
  test('an ONNX model that ONNX Runtime loads', async () => {
    const { code, out } = await segscape(folder, 'export', 'first', '--onnx', 'net.onnx');
    expect(code).toBe(0);
    expect(out).toContain(join(folder, 'net.onnx'));
    expect(out).not.toContain(' 0.0 MB');
    const { InferenceSession } = createRequire(import.meta.url)('onnxruntime-node');
    const session = await InferenceSession.create(join(folder, 'net.onnx'));
    expect([session.inputNames, session.outputNames]).toEqual([['images'], ['logits']]);
    await session.release();
  });

  test('channels first, from stored intensities to probabilities', async () => {
    const options = ['--channels', 'first', '--probabilities', '--normalized'];
    const { code, out } = await segscape(folder, 'export', 'first', '--onnx', 'first.onnx', ...options);
    expect(code).toBe(0);
    expect(out).toContain('input images [batch, channels, height, width], output probabilities.');
  });

  test('a package of the bioimage.io model zoo, which overwrites nothing', async () => {
    const to = [
      'export',
      'first',
      '--bioimageio',
      'zoo',
      '--author',
      'A. Author',
      'B. Author',
      '--license',
      'MIT',
    ];
    const { code, err } = await segscape(folder, ...to);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect((await readdir(join(folder, 'zoo'))).sort()).toEqual(
      ['README.md', 'cover.png', 'rdf.yaml', 'test_input.npy', 'test_output.npy', 'weights.onnx'].sort(),
    );
    const rdf = readFileSync(join(folder, 'zoo', 'rdf.yaml'), 'utf8');
    expect(rdf).toContain('license: MIT');
    expect(rdf).toContain('- name: B. Author');
    const again = await segscape(folder, ...to);
    expect(again.code).toBe(1);
    expect(again.err).toContain('already, and nothing is overwritten');
    const nobody = await segscape(folder, 'export', 'first', '--bioimageio', 'other');
    expect(nobody.err).toContain('Give --author "NAME", once for each.');
    expect((await segscape(folder, 'export', 'first')).err).toContain(
      'say what to write: a network by --onnx FILE, or by --bioimageio DIR',
    );
  });

  test('a file that cannot be written', async () => {
    const { code, err } = await segscape(folder, 'export', 'first', '--onnx', 'nowhere/net.onnx');
    expect(code).toBe(1);
    expect(err).toContain("export: 'nowhere/net.onnx' cannot be written");
    writeFileSync(join(folder, 'mine.onnx'), 'mine');
    const refused = await segscape(folder, 'export', 'first', '--onnx', 'mine.onnx');
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("'mine.onnx' is there already, and nothing is overwritten.");
    expect(readFileSync(join(folder, 'mine.onnx'), 'utf8')).toBe('mine');
  });
});

describe('segscape inspect and report', () => {
  test('a sound run', async () => {
    const { code, out } = await segscape(folder, 'inspect', 'first');
    expect(out).toMatch(/14 checkpoints, 8 surfaces, \d+ numbers in the history\.\nEverything is sound\./);
    expect(code).toBe(0);
  });

  test('a damaged file is named', async () => {
    await cp(run, join(folder, 'damaged'), { recursive: true });
    const name = 'checkpoints/Dice/seed-1/latest.safetensors';
    const bytes = readFileSync(join(folder, 'damaged', name));
    bytes[bytes.length - 9]! ^= 0xff;
    writeFileSync(join(folder, 'damaged', name), bytes);
    const { code, out, err } = await segscape(folder, 'inspect', 'damaged');
    expect(code).toBe(1);
    expect(err).toContain(name);
    expect(out).toContain('1 damaged.');
  });

  test('the report is written anew', async () => {
    await cp(run, join(folder, 'reported'), { recursive: true });
    writeFileSync(join(folder, 'reported', 'report.html'), '');
    const { code, out } = await segscape(folder, 'report', 'reported');
    expect(code).toBe(0);
    expect(out).toBe(`Report: ${join(folder, 'reported', 'report.html')}\n`);
    expect(readFileSync(join(folder, 'reported', 'report.html'), 'utf8')).toMatch(/^<!doctype html>/i);
  });

  test('one page over two runs, which have to be of the same images', async () => {
    await cp(run, join(folder, 'second'), { recursive: true });
    const page = await segscape(folder, 'report', 'first', 'second', '--compare', '--out', 'both.html');
    expect(page.err).toBe('');
    expect(page.code).toBe(0);
    expect(readFileSync(join(folder, 'both.html'), 'utf8')).toContain('crossEntropy (second)');
    const again = await segscape(folder, 'report', 'first', 'second', '--compare', '--out', 'both.html');
    expect(again.err).toContain("'both.html' is there already, and nothing is overwritten");
    expect((await segscape(folder, 'report', 'first', 'second')).err).toContain('Add --compare --out FILE');
    expect((await segscape(folder, 'report', 'first', '--compare', '--out', 'one.html')).err).toContain(
      'got 1 run',
    );
  });

  test('verify computes scores and surfaces again, and names what is not equal', async () => {
    const { code, out, err } = await segscape(folder, 'verify', run);
    expect(err).toBe('');
    expect(out).toMatch(/Equal bit for bit: \d+ scores and 8 surfaces of \d+ values\.\n$/);
    expect(code).toBe(0);
    await cp(run, join(folder, 'edited'), { recursive: true });
    const path = join(folder, 'edited', 'evaluation.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"pixelAccuracy":[\d.]+/, '"pixelAccuracy":0.25'));
    const edited = await segscape(folder, 'verify', 'edited');
    expect(edited.code).toBe(1);
    expect(`${edited.out}${edited.err}`).toContain('evaluation.json');
    await cp(run, join(folder, 'torn'), { recursive: true });
    const [loss] = readdirSync(join(folder, 'torn', 'checkpoints'));
    const torn = join(folder, 'torn', 'checkpoints', loss!, 'seed-1', 'latest.safetensors');
    writeFileSync(torn, readFileSync(torn).subarray(0, 1000));
    const damaged = await segscape(folder, 'verify', 'torn');
    expect(damaged.out).toMatch(/Not sound: .*latest\.safetensors/);
    expect(damaged.code).toBe(1);
  });

  test('samples says what was done to each image of an epoch, and shows it', async () => {
    const { code, out, err } = await segscape(folder, 'samples', run, '--epoch', '1', '--sheet', 'seen.png');
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/batch.*image.*what was done to it, in order/);
    expect(out).toMatch(/│ 1 +│ \S+ +│ flip (none|vertical|horizontal)/);
    expect(out).toContain(`Contact sheet: ${join(folder, 'seen.png')}`);
    expect(readFileSync(join(folder, 'seen.png')).subarray(1, 4).toString()).toBe('PNG');
    const lines = (await segscape(folder, 'samples', run, '--epoch', '1', '--json')).out.trim().split('\n');
    const [first] = lines.map((line) => JSON.parse(line) as { id: string; drawn: { kind: string }[] });
    expect(first).toMatchObject({ type: 'sample', batch: 1, drawn: [{ kind: 'flip' }] });
    const alone = await segscape(folder, 'samples', run, '--epoch', '1', '--image', first!.id);
    expect(alone.out.match(/flip/g)).toHaveLength(out.match(new RegExp(`${first!.id} `, 'g'))!.length);
    const again = await segscape(folder, 'samples', run, '--epoch', '1', '--sheet', 'seen.png');
    expect(again.code).toBe(1);
    expect(again.err).toContain("'seen.png' cannot be written: it exists already");
    const beyond = await segscape(folder, 'samples', run, '--epoch', '99');
    expect(beyond.err).toContain("epoch (=99) must be an epoch of the run's trainings, 1 to ");
  });

  test('the figures are files of their own, and those that somebody changed are left', async () => {
    const { code, out } = await segscape(folder, 'figures', run, '--out', 'figures');
    expect(code).toBe(0);
    const names = readdirSync(join(folder, 'figures')).sort();
    expect(out).toBe(`${names.length} figures in ${join(folder, 'figures')}\n`);
    for (const kind of [/^scores-iou-/, /^curves-loss\.svg$/, /^surface-.*-end\.svg$/])
      expect(
        names.some((name) => kind.test(name)),
        String(kind),
      ).toBe(true);
    const mine = join(folder, 'figures', names.at(-1)!);
    writeFileSync(mine, '<svg/>');
    const again = await segscape(folder, 'figures', run, '--out', 'figures');
    expect(again.code).toBe(1);
    expect(again.err).toContain(`'${mine}' exists and is another picture, so nothing was written.`);
    const png = await segscape(folder, 'figures', run, '--out', 'figures', '--format', 'png');
    expect(png.code).toBe(0);
    const pdf = await segscape(folder, 'figures', run, '--out', 'figures', '--format', 'pdf');
    expect(pdf.code).toBe(0);
    const pages = readdirSync(join(folder, 'figures')).filter((name) => name.endsWith('.pdf'));
    expect(pages).toHaveLength(names.length);
    expect(
      readFileSync(join(folder, 'figures', pages[0]!))
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
    // The same bytes again: nothing of anybody's is overwritten, and nothing is refused.
    expect((await segscape(folder, 'figures', run, '--out', 'figures', '--format', 'pdf')).code).toBe(0);
    expect((await segscape(folder, 'figures', run, '--format', 'tiff')).err).toContain(
      "'tiff' is not known. It is svg, png, pdf",
    );
  });

  test.each(['inspect', 'report', 'predict', 'export', 'figures', 'verify', 'verify-study', 'samples'])(
    '%s names a folder that is no run',
    async (command) => {
      const rest =
        {
          predict: ['cells/images', '--out', 'x'],
          export: ['--onnx', 'x.onnx'],
          samples: ['--epoch', '1'],
        }[command] ?? [];
      const { code, err } = await segscape(folder, command, 'cells', ...rest);
      expect(code).toBe(1);
      expect(err).toContain(
        `${command}: 'cells' holds no run (there is no config.yaml). Give the folder that 'segscape run' made.`,
      );
      expect(err).not.toContain('    at ');
      expect(existsSync(join(folder, 'x'))).toBe(false);
      expect(existsSync(join(folder, 'cells', 'report.html'))).toBe(false);
    },
  );
});

describe('the rest', () => {
  test('backends: what is here, and how to have the others', async () => {
    const { code, out } = await segscape(folder, 'backends');
    expect(code).toBe(0);
    expect(out).toMatch(/│ cpu +│ yes/);
    expect(out).toMatch(/│ wasm +│ yes/);
    expect(out).toContain('npm install @tensorflow/tfjs-node');
  });

  test('--version and --help', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect((await segscape(folder, '--version')).out).toBe(`${version}\n`);
    const { code, out } = await segscape(folder, '--help');
    expect(code).toBe(0);
    for (const command of ['run', 'predict', 'export', 'report', 'inspect', 'backends'])
      expect(out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  });
});
