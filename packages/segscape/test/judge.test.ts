import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { disc, segscape, workFolder } from './cli.js';

const folder = workFolder();
const count = 8;

/** Discs of two patients a pair of images; `shift` moves them in every second one. */
function masks(name: string, shift: number, bright = 255): void {
  mkdirSync(join(folder, name), { recursive: true });
  for (let i = 0; i < count; i++)
    writeFileSync(
      join(folder, name, `p${Math.floor(i / 2)}-${i}.png`),
      disc(40, 40, 14 + i + (i % 2) * shift, bright, 0),
    );
}

beforeAll(() => {
  masks('truth', 0);
  masks('good', 1);
  masks('poor', 5);
  masks('images', 0, 180);
});

const judged = (...args: string[]) => segscape(folder, 'judge', '--truth', 'truth', ...args);

describe('segscape judge', () => {
  test('scores and compares masks that anybody made', async () => {
    const { code, out, err } = await judged(
      '--predictions',
      'Good=good',
      'Poor=poor',
      '--images',
      'images',
      '--group',
      '^(p\\d+)',
      '--spacing',
      '0.5',
      '--measures',
      'hausdorff,surfaceDice:tolerance=1,objects',
      '--out',
      'verdict',
    );
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/Good +│ 0\.98\d/);
    const { subject, scores, comparisons, groups, intervals } = JSON.parse(
      readFileSync(join(folder, 'verdict', 'report.json'), 'utf8'),
    );
    expect(subject).toBe('masks');
    expect(new Set(Object.values(groups)).size).toBe(4);
    // The half of the images that are not shifted are perfect, to the last measure.
    expect(scores[1].images[0]).toMatchObject({
      'iou.foreground': 1,
      'dice.foreground': 1,
      'hausdorff95.foreground': 0,
      'surfaceDice.foreground': 1,
      'objects.foreground': 1,
      pixelAccuracy: 1,
    });
    // Shifted by five pixels down and right, in half a micrometre each.
    expect(scores[1].images[1]['hausdorff95.foreground']).toBeGreaterThan(2);
    expect(scores[1].images[1]['hausdorff95.foreground']).toBeLessThanOrEqual(Math.hypot(5, 5) / 2);
    expect(comparisons).toMatchObject([{ a: 'Good', b: 'Poor', method: 'permutation', n: 4, p: 2 / 16 }]);
    const mean = (loss: string) =>
      intervals.find(
        (row: { loss: string; measure: string }) => row.loss === loss && row.measure === 'iou.foreground',
      ).mean;
    expect(mean('Good')).toBeGreaterThan(mean('Poor'));
    const html = readFileSync(join(folder, 'verdict', 'report.html'), 'utf8');
    for (const words of [
      'Comparison of masks',
      'Where the masks differ most',
      'HD95, foreground',
      'of 4 patients',
    ])
      expect(html).toContain(words);
    // What people read; the page's scripts are the same for all reports.
    const words = html.replace(/<(script|style)[\s\S]*?<\/\1>/g, '').replace(/.*<body>/s, '');
    expect(words.match(/networks?|trained with/gi)).toBeNull();
    expect(readFileSync(join(folder, 'verdict', 'scores.csv'), 'utf8').split('\n')).toHaveLength(
      2 * count + 2,
    );
  });

  test('a report that is there is left alone', async () => {
    const { code, err } = await judged('--predictions', 'Good=good', '--out', 'verdict');
    expect(code).toBe(1);
    expect(err).toContain('already holds a run');
  });

  test('what is missing, of another size, or named twice is said, and leaves no folder behind', async () => {
    mkdirSync(join(folder, 'few'));
    writeFileSync(join(folder, 'few', 'p0-0.png'), disc(40, 40, 14, 255, 0));
    const few = await judged('--predictions', 'Few=few', '--out', 'never');
    expect(few.code).toBe(1);
    expect(few.err).toContain(
      "judge: 'Few' has no mask for p0-1, p1-2, p1-3, p2-4, p2-5 and 2 more of 8. Every method must answer every image",
    );
    expect(existsSync(join(folder, 'never'))).toBe(false);
    expect((await judged('--predictions', 'good', 'other/good', '--out', 'never')).err).toContain(
      "judge: two sets of masks are called 'good'. Name them: --predictions a=DIR b=DIR.",
    );
    expect((await judged('--predictions', 'x=nowhere', '--out', 'never')).err).toContain(
      "judge: --predictions x: 'nowhere' holds no masks",
    );
    expect(
      (await judged('--predictions', 'Good=good', '--measures', 'hausdorf', '--out', 'never')).err,
    ).toContain("measure 'hausdorf' is not known. Did you mean 'hausdorff'?");
    // One mask of another size is found when the folder is there already.
    mkdirSync(join(folder, 'sized'));
    for (const name of readdirSync(join(folder, 'good')))
      writeFileSync(join(folder, 'sized', name), readFileSync(join(folder, 'good', name)));
    writeFileSync(join(folder, 'sized', 'p2-5.png'), disc(41, 40, 14, 255, 0));
    const sized = await judged('--predictions', 'Sized=sized', '--out', 'never');
    expect(sized.code).toBe(1);
    expect(sized.err).toContain("judge: the mask of 'Sized' for 'p2-5' is");
    expect(existsSync(join(folder, 'never'))).toBe(false);
  });

  test.each([
    ['--surfaces', '5', '--surfaces is for networks (--model)'],
    ['--class', 'disc', '--class is for networks (--model)'],
    ['--losses', 'ce', '--losses is for networks or probabilities (--model, --probabilities)'],
  ])('%s of masks alone is refused', async (option, value, words) => {
    const { code, err } = await judged('--predictions', 'Good=good', option, value, '--out', 'never');
    expect([code, err]).toEqual([
      1,
      expect.stringContaining(`judge: ${words}, which is not asked for. Leave it out.`),
    ]);
  });

  test('it is no run to go on with, to verify or to look into, and says so', async () => {
    for (const command of [['verify'], ['samples', '--epoch', '1'], ['run', '--resume', '--out']]) {
      const { code, err } = await segscape(folder, ...command, 'verdict');
      expect([command, code]).toEqual([command, 1]);
      expect(err).toContain('this is the record of masks that were judged');
    }
  });
});
