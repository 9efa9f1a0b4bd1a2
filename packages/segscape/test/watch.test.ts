import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { segscape, start, tinyConfig, workFolder } from './cli.js';

const folder = workFolder();

interface Answer {
  readonly status: number;
  readonly refresh: string;
  readonly body: string;
}

const ask = (address: string, host?: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = request(address, { ...(host && { headers: { host } }) }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode!, refresh: String(response.headers.refresh ?? ''), body }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });

test('--watch serves the report while it grows, to this machine alone, and keeps it until Ctrl-C', async () => {
  writeFileSync(join(folder, 'tiny.yaml'), tinyConfig({ epochs: 4, repeats: 2 }));
  const run = start(folder, 'run', 'tiny.yaml', '--out', 'run', '--watch');
  let out = '';
  run.process.stdout!.on('data', (chunk) => {
    out += chunk;
  });
  await run.seen(/seed 1, epoch 1\/4/);
  const [address] = /http:\/\/127\.0\.0\.1:\d+\//.exec(out)!;
  const early = await ask(address);
  expect(early).toMatchObject({ status: 200, refresh: '15' });
  expect(early.body).toContain('Not finished: networks are being trained.');
  expect((await ask(address, 'elsewhere.example')).status).toBe(421);
  expect((await ask(`${address}history.csv`)).status).toBe(404);
  await run.seen(/It stays at/);
  const whole = await ask(address);
  expect(whole.refresh).toBe('');
  expect(whole.body).not.toContain('Not finished');
  run.process.kill('SIGINT');
  expect((await run.ended).code).toBe(0);
});

test('a run that was stopped has a report that says so', async () => {
  const run = start(folder, 'run', 'tiny.yaml', '--out', 'half');
  await run.seen(/seed 1, epoch 2\/4/);
  run.process.kill('SIGINT');
  expect((await run.ended).code).toBe(130);
  const report = await segscape(folder, 'report', 'half');
  expect(report).toMatchObject({ code: 0, err: '' });
  const { code, err } = await segscape(folder, 'verify-study', 'half');
  expect(code).toBe(1);
  expect(err).toContain('the run has not been finished. Go on with it');
});
