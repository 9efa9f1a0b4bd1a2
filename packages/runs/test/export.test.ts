import { isSegscapeError } from '@segscape/core';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { mlflowNames } from '../src/export/mlflow-names.js';
import { createRun, exportCsv, exportMlflow, memoryStorage, type Run } from '../src/index.js';

const formula = '=HYPERLINK("http://x")';
let run: Run;
beforeEach(async () => {
  run = await createRun(memoryStorage(), {
    name: 'eyes',
    training: { epochs: 2, note: 'two\nlines' },
    losses: [{ name: 'dice' }],
  });
  for (const epoch of [0, 1, 2])
    for (const loss of ['dice', formula])
      await run.recordEpoch({
        loss,
        seed: 1,
        epoch,
        measures: {
          train: { loss: 1 / (epoch + 1) },
          test: { 'iou.disc': epoch / 4, 'IoU.disc': Number.NaN },
        },
      });
  await run.storage.write(
    'evaluation.json',
    JSON.stringify({
      scores: [
        {
          loss: 'dice',
          seed: 1,
          epoch: 1,
          images: [
            { id: 'a, "b"', 'iou.disc': 0.5, patient: 'x' },
            { id: '+c', 'iou.disc': 0.75, hd95: null },
          ],
        },
        { loss: formula, seed: 1, images: [{ id: 'a, "b"', 'iou.disc': 0.25 }] },
      ],
    }),
  );
  await run.storage.write(
    'report.json',
    JSON.stringify({
      environment: [{ started: '2026-01-02T03:04:05.678Z' }],
      minutes: 1.5,
      diverged: [{ loss: formula, seed: 1, epoch: 1, step: 3, message: '' }],
    }),
  );
});
const textOf = async (storage: ReturnType<typeof memoryStorage>, path: string) =>
  new TextDecoder().decode(await storage.read(path));

describe('exportCsv', () => {
  test('two tidy tables: scores of each image by loss, seed and measure, and the history', async () => {
    const target = memoryStorage();
    expect(await exportCsv(run, target)).toEqual({ scores: 4, history: 18 });
    expect(await textOf(target, 'scores.csv')).toBe(
      [
        'loss,seed,image,measure,value',
        'dice,1,"a, ""b""",iou.disc,0.5',
        "dice,1,'+c,iou.disc,0.75",
        "dice,1,'+c,hd95,",
        `"'=HYPERLINK(""http://x"")",1,"a, ""b""",iou.disc,0.25`,
        '',
      ].join('\n'),
    );
    const history = (await textOf(target, 'history.csv')).split('\n');
    expect(history.slice(0, 4)).toEqual([
      'loss,seed,fold,epoch,split,measure,value',
      'dice,1,0,0,train,loss,1',
      'dice,1,0,0,test,iou.disc,0',
      'dice,1,0,0,test,IoU.disc,',
    ]);
  });
  test.each(['scores.csv', 'history.csv'])('%s that is there stays, and nothing is written', async (name) => {
    const target = memoryStorage();
    await target.write(name, 'mine');
    await expect(exportCsv(run, target)).rejects.toMatchObject({
      code: 'NOT_WRITABLE',
      message: `exportCsv: there is a ${name} already. Choose another folder, or move it away.`,
    });
    expect(await target.list('')).toEqual([name]);
    expect(await textOf(target, name)).toBe('mine');
  });
  test('a run that was not scored has scores without rows', async () => {
    const target = memoryStorage();
    expect(await exportCsv(await createRun(memoryStorage(), {}), target)).toEqual({ scores: 0, history: 0 });
    expect(await textOf(target, 'scores.csv')).toBe('loss,seed,image,measure,value\n');
  });
  test.each([
    ['{', 'not JSON'],
    ['{"scores":[{"loss":1}]}', "entry 1 must have a 'loss' (text) and a 'seed' (whole number)"],
  ])('damaged scores %s are named', async (text, message) => {
    await run.storage.write('evaluation.json', text);
    const error: unknown = await exportCsv(run, memoryStorage()).catch((thrown: unknown) => thrown);
    expect(isSegscapeError(error, 'CORRUPT_FILE') && error.message).toContain(`evaluation.json: ${message}`);
  });
});

describe('exportMlflow', () => {
  /** What MLflow's FileStore reads of a run. */
  async function readStore(target: ReturnType<typeof memoryStorage>, folder: string) {
    const paths = (await target.list(folder)).map((path) => path.slice(folder.length + 1));
    const under = async (kind: string) =>
      Object.fromEntries(
        await Promise.all(
          paths
            .filter((path) => path.startsWith(`${kind}/`))
            .map(
              async (path) =>
                [path.slice(kind.length + 1), await textOf(target, `${folder}/${path}`)] as const,
            ),
        ),
      );
    return {
      paths,
      meta: parse(await textOf(target, `${folder}/meta.yaml`)) as Record<string, unknown>,
      params: await under('params'),
      metrics: await under('metrics'),
      tags: await under('tags'),
      artifacts: await under('artifacts'),
    };
  }

  test('an experiment for the study and a run for each training, as the file store has them', async () => {
    const target = memoryStorage();
    const { experimentId, written, kept } = await exportMlflow(run, target, {
      artifactRoot: 'file:///mlruns/',
    });
    expect(experimentId).toMatch(/^\d{15}$/);
    expect([written.length, kept]).toEqual([2, []]);
    const time = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
    expect(parse(await textOf(target, `${experimentId}/meta.yaml`))).toEqual({
      artifact_location: `file:///mlruns/${experimentId}`,
      creation_time: time,
      experiment_id: experimentId,
      last_update_time: time,
      lifecycle_stage: 'active',
      name: 'eyes',
    });
    const [dice, other] = await Promise.all(written.map((id) => readStore(target, `${experimentId}/${id}`)));
    expect(dice!.meta).toMatchObject({
      artifact_uri: `file:///mlruns/${experimentId}/${written[0]}/artifacts`,
      start_time: time,
      end_time: time + 90_000,
      run_id: written[0],
      run_uuid: written[0],
      run_name: 'dice, seed 1',
      status: 3,
      source_type: 4,
    });
    expect(other!.meta.status).toBe(4);
    expect(dice!.metrics).toMatchObject({
      'train/loss': `${time} 1 0\n${time} 0.5 1\n${time} ${1 / 3} 2\n`,
      'test/iou.disc': `${time} 0 0\n${time} 0.25 1\n${time} 0.5 2\n`,
      // The mean of the images, at the epoch whose weights were scored.
      'scored/iou.disc': `${time} 0.625 1\n`,
      'scored/hd95': `${time} nan 1\n`,
    });
    expect(dice!.params).toMatchObject({
      loss: 'dice',
      seed: '1',
      fold: '0',
      'config.training.epochs': '2',
      'config.training.note': 'two lines',
      'config.losses.0.name': 'dice',
    });
    expect(dice!.tags['mlflow.runName']).toBe('dice, seed 1');
    expect(dice!.artifacts['config.yaml']).toContain('name: eyes');
    expect(dice!.artifacts['scores.csv']).toContain("dice,1,'+c,iou.disc,0.75");
    // MLflow 2 refuses other names: letters, digits, _, ., -, space and /; Windows knows no two cases of one letter.
    for (const { paths } of [dice!, other!]) {
      for (const path of paths) expect(path).toMatch(/^[/\w.\- ]*$/);
      expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(paths.length);
    }
  });
  test('each fold is a run with the scores of its own images, and diverges by itself', async () => {
    await run.recordEpoch({
      loss: 'dice',
      seed: 1,
      fold: 1,
      epoch: 1,
      measures: { test: { 'iou.disc': 0.3 } },
    });
    const images = (value: number) => [{ id: `image ${value}`, 'iou.disc': value }];
    await run.storage.write(
      'evaluation.json',
      JSON.stringify({
        scores: [0, 1].map((fold) => ({ loss: 'dice', seed: 1, fold, epoch: 1, images: images(0.1 + fold) })),
      }),
    );
    await run.storage.write(
      'report.json',
      JSON.stringify({ diverged: [{ loss: 'dice', seed: 1, fold: 1, epoch: 1, step: 3, message: '' }] }),
    );
    const target = memoryStorage();
    const { experimentId, written } = await exportMlflow(run, target, { artifactRoot: 'file:///mlruns/' });
    const all = await Promise.all(written.map((id) => readStore(target, `${experimentId}/${id}`)));
    const own = all.filter(({ params }) => params.loss === 'dice');
    expect(own.map(({ params }) => params.fold)).toEqual(['0', '1']);
    expect(own.map(({ metrics }) => metrics['scored/iou.disc']?.split(' ')[1])).toEqual(['0.1', '1.1']);
    expect(own.map(({ meta }) => meta.status)).toEqual([3, 4]);
  });

  test('a second time nothing is overwritten; what has gone on is a run of its own in the same experiment', async () => {
    const target = memoryStorage();
    const first = await exportMlflow(run, target);
    const tag = `${first.experimentId}/${first.written[0]}/tags/mlflow.runName`;
    await target.write(tag, 'renamed in MLflow');
    expect(await exportMlflow(run, target)).toEqual({ ...first, written: [], kept: first.written });
    expect(await textOf(target, tag)).toBe('renamed in MLflow');
    await run.recordEpoch({ loss: 'dice', seed: 1, epoch: 3, measures: { train: { loss: 0.1 } } });
    const second = await exportMlflow(run, target);
    expect(second.experimentId).toBe(first.experimentId);
    expect([second.written.length, second.kept]).toEqual([1, [first.written[1]]]);
  });
  test('an experiment of that name is gone on with, another of the folder left alone', async () => {
    const target = memoryStorage();
    await target.write('7/meta.yaml', "experiment_id: '7'\nname: eyes\n");
    await target.write('8/meta.yaml', '{ not yaml');
    expect((await exportMlflow(run, target)).experimentId).toBe('7');
    expect(await textOf(target, '8/meta.yaml')).toBe('{ not yaml');
  });
  test('an export that was killed goes on: MLflow sees a run only when it is whole', async () => {
    const target = memoryStorage();
    let left = 9;
    const failing = {
      ...target,
      write: async (path: string, content: Uint8Array | string) => {
        if (left-- === 0) throw new Error('killed');
        await target.write(path, content);
      },
    };
    await expect(exportMlflow(run, failing)).rejects.toThrow('killed');
    expect((await target.list('')).filter((path) => path.split('/').length === 3)).toEqual([]);
    const { written } = await exportMlflow(run, target);
    const whole = memoryStorage();
    await exportMlflow(run, whole);
    expect(written).toHaveLength(2);
    expect(await target.list('')).toEqual(await whole.list(''));
  });
});

test('names for MLflow: what may stay stays; all differ, whatever the case, and none is a device of Windows', () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.constantFrom('a', 'A', 'con', 'NUL.txt', '..', '', '.x', 'a.', 'a/b'),
        ),
      ),
      (names) => {
        const found = mlflowNames(names);
        const all = [...found.values()];
        expect(new Set(all.map((name) => name.toLowerCase())).size).toBe(new Set(names).size);
        for (const name of all) {
          expect(name).toMatch(/^\w[\w.-]*[\w-]$|^\w$/);
          expect(name).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i);
          expect(name.length).toBeLessThan(140);
        }
        if (names.includes('a') && !names.includes('A')) expect(found.get('a')).toBe('a');
      },
    ),
    { numRuns: 500 },
  ));
