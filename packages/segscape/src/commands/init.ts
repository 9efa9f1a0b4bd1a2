import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { countOf, SegscapeError } from '@segscape/core';
import { examineMasks, parseStudyConfig } from '@segscape/study';
import { stringify } from 'yaml';
import { dataConfig, openData } from '../look/data-config.js';
import { examined, watched } from '../look/watched-dataset.js';
import { writeNew } from '../new-file.js';
import { prose } from '../prose.js';
import type { ConfigOptions } from '../run-config.js';
import { asArgument } from '../shell-text.js';
import { findingsText } from './data.js';

export interface InitOptions extends ConfigOptions {
  readonly out: string;
}

const flow = { collectionStyle: 'flow' } as const;

/** Lines of YAML behind a mark. */
const indented = (text: string, by: string) => text.trimEnd().replace(/^/gm, by);

/** `segscape init [DIR]`: a commented study.yaml for a folder that was looked at. */
export async function init(folder: string | undefined, options: InitOptions): Promise<number> {
  const out = resolve(options.out);
  const there = await access(out).then(
    () => true,
    () => false,
  );
  if (there)
    throw new SegscapeError(
      'NOT_WRITABLE',
      `init: '${options.out}' exists already and is left as it is. Choose another with --out.`,
      { details: { path: out } },
    );
  const data = await dataConfig(folder, options);
  const dataset = await openData(data);
  const reading = watched(dataset, Math.min(dataset.length, examined));
  const examination = await examineMasks(reading.dataset, { most: examined }).finally(reading.end);
  const losses = examination.proposals.map(({ loss, label, reason, paper }) => {
    const line = stringify([{ ...loss, label }], { flowCollectionPadding: true });
    return `  # ${reason} ${paper}.\n${indented(line, '  ')}`;
  });
  const measures = examination.measures.map(({ measure, reason, paper }) => {
    return `  # ${reason} ${paper}.\n  - ${stringify(measure, flow).trim()}`;
  });
  const folds =
    dataset.length < 24 ? 'split: { test: 0.3, validation: 0.2 }' : 'split: { test: 0.25, validation: 0.15 }';
  const { split, ...rest } = data;
  const { framing, sizes } = examination;
  const framed = Object.entries(framing.data).map(
    ([key, value]) => `  ${key}: ${stringify(value, flow).trim()}\n`,
  );
  const network =
    sizes.largest.length === 3
      ? 'model: { kind: unet3d, baseChannels: 8, depth: 3, norm: batch }'
      : '# models: [unet, residualEncoderUnet], in its place, trains every loss with each network.\nmodel: { kind: unet, baseChannels: 16, depth: 4, norm: batch }';
  const text = `# A study of ${countOf(dataset.length, 'image')} (${dataset.classes.join(', ')}). Run it:  segscape run ${asArgument(options.out)}
# 'segscape kinds NAME' lists the options of anything that has a kind; a mistyped key is refused with its line.
${indented(findingsText({ ...examination, proposals: [], measures: [] }), '# ')}
name: study
data:
${indented(stringify(rest), '  ')}
${rest.group === undefined ? '' : '  # Images of one person (group) stay in one part, and count once.\n'}  # Networks are chosen on the validation images; the test images choose nothing.
  ${split === undefined ? folds : stringify({ split }).trimEnd()}
${framing.reason === undefined ? '' : `  # ${framing.reason}\n`}${framed.join('')}augment:
  - flip
  - { kind: elastic, alpha: 60, sigma: 8, probability: 0.5 }
${network}
# A loss is ahead only if other seeds and patients would say so, too.
losses:
${losses.join('\n')}
# Beside overlap.
measures:
${measures.join('\n')}
training:
  # Of all trainings together, on this machine.
  budget: { minutes: 20 }
  batchSize: 4
  seeds: [1, 2, 3]
  select: best
  optimizer: { kind: adam, learningRate: 0.003, schedule: cosine }
`;
  parseStudyConfig(text);
  await writeNew([[out, text]], { where: 'init', advice: 'choose another with --out' });
  process.stdout.write(
    `${prose(findingsText(examination))}\n${out}: edit it, then\n  segscape run ${asArgument(options.out)}\n`,
  );
  return 0;
}
