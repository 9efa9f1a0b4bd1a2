import { describe, expect, test } from 'vitest';
import { type ExperimentFact, figuresOfRun, reportHtml } from '../src/index.js';
import { experimentFigures } from '../src/sections/experiment-curves.js';
import { type ExperimentOptions, syntheticExperiment, withFacts } from './synthetic-experiment.js';
import { syntheticRun } from './synthetic-run.js';

const losses = ['CE', 'Dice'];
const small = { losses, epochs: 2, resolution: 5, side: 16, samples: 1, images: 4 } as const;

async function followed(
  options: Partial<ExperimentOptions> = {},
  change: (fact: ExperimentFact) => ExperimentFact = (fact) => fact,
) {
  const storage = await syntheticRun(small);
  return withFacts(storage, async () => ({
    experiment: change(await syntheticExperiment(storage, { losses, side: 16, ...options })),
  }));
}

const sectionOf = (html: string) => /<section id="experiment".*?<\/section>/s.exec(html)?.[0] ?? '';

describe('the single-image experiment in the report', () => {
  test('an older run has none, and nothing of it', async () => {
    const html = await reportHtml(await syntheticRun(small));
    expect(html).not.toContain('id="experiment"');
    expect(html).not.toContain('"experiment":');
  });
  test('says where all losses began, and claims nothing of other images', async () => {
    const section = sectionOf(await reportHtml(await followed()));
    expect(section).toContain('From the weights before any training (seed 1), one image');
    expect(section).toContain('under each loss for 20 iterations');
    expect(section).toContain('nothing here says how a loss does on others');
    const from = { loss: 'Dice', epoch: 7, seed: 3 };
    const later = sectionOf(await reportHtml(await followed({}, (fact) => ({ ...fact, from }))));
    expect(later).toContain('the weights of the network trained with Dice at epoch 7 (seed 3)');
  });
  test('shows the predictions of each loss through the iterations without any script', async () => {
    const section = sectionOf(await reportHtml(await followed()));
    const film = /<table class="pictures film">.*?<\/table>/s.exec(section)![0];
    const columns = [...film.matchAll(/<th scope="col">(\d+)</g)].map(([, step]) => step);
    expect(columns).toEqual(['0', '10', '20']);
    const alts = [...film.matchAll(/alt="([^"]*)"/g)].map(([, alt]) => alt);
    expect(alts).toEqual(
      losses.flatMap((loss) =>
        [0, 10, 20].map((step) => `Prediction (${loss}, iteration ${step}), image few`),
      ),
    );
    expect(section).toContain(
      'a training image; 2 % of its pixels disc, the least of all training images that have any',
    );
  });
  test('every picture is in the page once, in the film or in the store', async () => {
    const html = await reportHtml(await followed());
    const places = [...sectionOf(html).matchAll(/data-place="(\d+)"/g)].map(([, at]) => Number(at));
    // Two images: image and truth, and of three moments each three kinds of Dice and four of CE.
    expect(places.sort((a, b) => a - b)).toEqual(Array.from({ length: 2 * (2 + 3 * (3 + 4)) }, (_, i) => i));
  });
  test('a loss that diverged is named with its iteration', async () => {
    const section = sectionOf(await reportHtml(await followed({ diverging: 'Dice' })));
    expect(section).toContain('Diverged, so that nothing follows: Dice at iteration 10.');
    expect(section.match(/Diverged/g)).toHaveLength(1);
  });
  test('one that diverged at once leaves no curve and no error', async () => {
    const storage = await followed({}, (fact) => ({
      ...fact,
      runs: fact.runs.map((run) => ({
        ...run,
        iterations: [],
        values: Object.fromEntries(losses.map((loss) => [loss, []])),
        gradientNorms: [],
        diverged: 0,
      })),
    }));
    expect(sectionOf(await reportHtml(storage))).toContain('CE at iteration 0, Dice at iteration 0');
  });
  test('a picture that is missing is named and left out', async () => {
    const storage = await followed();
    await storage.remove('maps/experiment/few/0/0010-prediction.png');
    const html = await reportHtml(storage);
    expect(html).toMatch(/Left out:.*maps\/experiment\/few\/0\/0010-prediction\.png/s);
    expect(sectionOf(html)).not.toContain('Prediction (CE, iteration 10), image few');
  });
  test('under pseudonyms no image of it is named, in the page or in its files', async () => {
    const storage = await followed({ images: ['Ada Byron left', 'Ada Byron right'] });
    const html = await reportHtml(storage, { pseudonyms: true });
    expect(html).not.toContain('Byron');
    expect(sectionOf(html)).toContain('Image image-001');
    const packed = /data-file="report.json">([^<]*)</.exec(html)![1]!;
    const plain = new Blob([Buffer.from(packed, 'base64')])
      .stream()
      .pipeThrough(new DecompressionStream('gzip'));
    expect(await new Response(plain).text()).not.toContain('Byron');
  });
  test('without images the curves stay', async () => {
    const section = sectionOf(await reportHtml(await followed(), { images: false }));
    expect(section).not.toContain('data:image/png');
    expect(section).toContain('data-title="Image few Each by the loss it is trained with"');
  });
  test('its curves are figures of the run', async () => {
    const names = (await figuresOfRun(await followed())).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('experiment-few'))).toEqual([
      'experiment-few-each-by-the-loss-it-is-trained-with',
      'experiment-few-length-of-its-gradient-by-the-weights',
      'experiment-few-all-by-ce',
      'experiment-few-all-by-dice',
    ]);
  });
});

test('experimentFigures: each training by its own loss, then all by each; a null in JSON is a gap', () => {
  const run = (loss: string, ce: number[], dice: number[]) => ({
    image: 'a',
    loss,
    iterations: [0, 1],
    values: { CE: ce, Dice: dice },
    gradientNorms: [1, Number.NaN],
    file: '',
  });
  const fact = {
    from: { epoch: 0, seed: 1 },
    iterations: 2,
    every: 1,
    images: [],
    runs: [run('CE', [4, 3], [0.9, 0.8]), run('Dice', [4, 3.5], [0.9, 0.1])],
    pictures: [],
  };
  const figures = experimentFigures(fact, 'a', losses, (place) => `colour ${place}`);
  expect(figures.map(({ title, curves }) => [title, curves.map(({ label, mean }) => [label, mean])])).toEqual(
    [
      [
        'Each by the loss it is trained with',
        [
          ['CE', [4, 3]],
          ['Dice', [0.9, 0.1]],
        ],
      ],
      [
        'Length of its gradient by the weights',
        [
          ['CE', [1, Number.NaN]],
          ['Dice', [1, Number.NaN]],
        ],
      ],
      [
        'All by CE',
        [
          ['CE', [4, 3]],
          ['Dice', [4, 3.5]],
        ],
      ],
      [
        'All by Dice',
        [
          ['CE', [0.9, 0.8]],
          ['Dice', [0.9, 0.1]],
        ],
      ],
    ],
  );
  expect(figures[0]!.curves.map(({ colour }) => colour)).toEqual(['colour 0', 'colour 1']);
  expect(experimentFigures(fact, 'b', losses, () => '')).toEqual([]);
});
