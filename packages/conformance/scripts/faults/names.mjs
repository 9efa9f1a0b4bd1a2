import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePng, reportHtml } from '@segscape/report';
import { fsStorage } from '@segscape/runs/node';
import { hostileTexts } from './hostile-texts.mjs';
import { openedReports } from './opened-report.mjs';
import { segscape } from './study.mjs';

/** Of a file a name may be anything but these. */
const fileName = (text) => text.replace(/[/\0]/g, '_');

/** Where a name can stand in a study; what is not hostile there is plain. */
const places = ['class', 'label', 'file', 'study', 'folder'];

async function disc(path, at, bright, dark) {
  const side = 16;
  const data = Uint8Array.from({ length: side * side }, (_, i) =>
    (Math.floor(i / side) - at) ** 2 + ((i % side) - at) ** 2 < 16 ? bright : dark,
  );
  await writeFile(path, encodePng({ data, height: side, width: side, channels: 1 }));
}

/**
 * Images and masks, and a study of seconds over them, with the text in these places; with a landscape, whose sections say the names
 * again, unless only whether it is taken is asked.
 */
async function writeStudy(folder, text, hostile, { landscape = true } = {}) {
  const at = (place, plain) => (hostile.includes(place) ? text : plain);
  const data = fileName(at('folder', 'data'));
  const safe = data === '..' || data === '.' ? 'data' : data;
  for (const kind of ['images', 'masks']) await mkdir(join(folder, safe, kind), { recursive: true });
  for (let i = 0; i < 4; i++) {
    const name = `${fileName(at('file', 'cell'))}-${i}.png`;
    await disc(join(folder, safe, 'images', name), 5 + i, 200, 60);
    await disc(join(folder, safe, 'masks', name), 5 + i, 255, 0);
  }
  const study = {
    name: at('study', 'plain'),
    data: {
      kind: 'folder',
      images: `${safe}/images`,
      masks: `${safe}/masks`,
      classes: ['background', at('class', 'disc')],
      split: { test: 2 },
    },
    model: { kind: 'unet', baseChannels: 2, depth: 2 },
    losses: [
      { kind: 'dice', label: at('label', 'Dice') },
      { kind: 'crossEntropy', label: `${at('label', 'CE')} 2` },
    ],
    training: { epochs: 1, batchSize: 2 },
    landscape: landscape ? { resolution: 3, samples: 2 } : { enabled: false },
  };
  // JSON is YAML, and has a form for every text.
  await writeFile(join(folder, 'study.yaml'), JSON.stringify(study));
}

const untyped = ({ err, signal }) =>
  signal
    ? `ended by ${signal}`
    : /\n {4}at /.test(err)
      ? `a raw error: ${err.trim().split('\n')[0]}`
      : undefined;

/** Cells of a table that a spreadsheet would compute. */
function formulas(csv) {
  const cells = csv.match(/(?:^|,)(?:"(?:[^"]|"")*"|[^,\n]*)/gm) ?? [];
  return cells
    .map((cell) => cell.replace(/^,/, '').replace(/^"(.*)"$/s, '$1'))
    .filter((cell) => /^[=+\-@\t\r]/.test(cell) && !Number.isFinite(Number(cell)));
}

async function tablesOf(folder) {
  const entries = await readdir(folder, { recursive: true });
  return Promise.all(
    entries
      .filter((name) => name.endsWith('.csv'))
      .map(async (name) => [name, await readFile(join(folder, name), 'utf8')]),
  );
}

/** Every text of a report's facts, but for the names of files that it shows, is the hostile one or begins with it. */
const replaced = (value, text, key = '') =>
  typeof value === 'string'
    ? key === 'name' || key === 'group' || key === 'kind' || key === 'select'
      ? value
      : text
    : Array.isArray(value)
      ? value.map((each) => replaced(each, text, key))
      : value !== null && typeof value === 'object'
        ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, replaced(each, text, name)]))
        : value;

/** Hostile names in every place of a study, run, predicted with, and its report opened in Chromium: no script, no request, no violation, no formula. */
export async function names({ pick, share }) {
  const lost = [];
  let tried = 0;
  const folder = await mkdtemp(join(tmpdir(), 'segscape-names-'));
  const reports = await openedReports();
  try {
    for (const [i, text] of pick(hostileTexts, hostileTexts.length, Math.min(share, 1)).entries()) {
      const own = join(folder, String(i));
      await mkdir(own);
      const shown = JSON.stringify(text);
      const look = (what, fault) => {
        tried++;
        if (fault !== undefined) lost.push(`${shown}, ${what}: ${fault}`);
      };
      let accepted = places;
      await writeStudy(own, text, accepted);
      let run = await segscape(own, ['run', 'study.yaml', '--out', 'run']);
      if (run.code !== 0) {
        // Some place refuses it: each alone says which, in words; the others go on without.
        accepted = [];
        for (const place of places) {
          const alone = join(own, place);
          await mkdir(alone);
          await writeStudy(alone, text, [place], { landscape: false });
          const one = await segscape(alone, ['run', 'study.yaml', '--out', 'run']);
          look(`as ${place}`, one.code === 0 ? undefined : untyped(one));
          if (one.code === 0) accepted.push(place);
        }
        await writeStudy(own, text, accepted);
        run = await segscape(own, ['run', 'study.yaml', '--out', 'run']);
      }
      look(
        `run with it as ${accepted.join(', ')}`,
        run.code === 0 ? undefined : `code ${run.code}: ${run.err.trim().slice(0, 300)}`,
      );
      if (run.code !== 0) continue;
      look('the report', await reports.faultOf(join(own, 'run', 'report.html')));
      const images = (await readdir(own)).find(
        (name) => name !== 'run' && name !== 'study.yaml' && !places.includes(name),
      );
      const predicted = await segscape(own, [
        'predict',
        'run',
        `./${join(images ?? 'data', 'images')}`,
        '--out',
        'masks',
      ]);
      look(
        'predict',
        predicted.code === 0 ? undefined : `code ${predicted.code}: ${predicted.err.trim().slice(0, 300)}`,
      );
      for (const [name, csv] of [
        ...(await tablesOf(join(own, 'run'))),
        ...(await tablesOf(join(own, 'masks')).catch(() => [])),
      ]) {
        const computed = formulas(csv);
        look(
          name,
          computed.length === 0 ? undefined : `a spreadsheet computes ${JSON.stringify(computed[0])}`,
        );
      }
      const changed = join(own, 'changed');
      await cp(join(own, 'run'), changed, { recursive: true });
      const facts = JSON.parse(await readFile(join(changed, 'report.json'), 'utf8'));
      await writeFile(join(changed, 'report.json'), JSON.stringify(replaced(facts, text)));
      // As if it were of a version that recorded no hashes: a changed file is named otherwise, which `damages` looks at.
      for (const record of ['manifest.json', 'manifest.sha256'])
        await rm(join(changed, record), { force: true });
      const page = await reportHtml(fsStorage(changed)).catch((error) => error);
      if (typeof page === 'string') {
        await writeFile(join(changed, 'report.html'), page);
        look('facts of nothing else', await reports.faultOf(join(changed, 'report.html')));
      } else look('facts of nothing else', page?.code === undefined ? `a raw error: ${page}` : undefined);
      await rm(own, { recursive: true, force: true });
    }
  } finally {
    await reports.close();
    await rm(folder, { recursive: true, force: true });
  }
  return { tried, lost };
}
