import type { ReportFacts } from '@segscape/report';
import type { ModelRecord } from '../model-record.js';

/** What is told of a model in its package. */
export interface ReadmeFacts {
  readonly name: string;
  readonly record: ModelRecord;
  readonly loss: string;
  readonly seed: number;
  readonly epoch: number;
  /** Of the run; absent where it is not finished. */
  readonly report?: Pick<ReportFacts, 'material' | 'intervals' | 'foreground'> | undefined;
}

const fixed = (value: number) => value.toFixed(3);

/** `README.md`: what the model was trained on, and how well it did on images that chose nothing. */
export function readme({ name, record, loss, seed, epoch, report }: ReadmeFacts): string {
  const scores = (report?.intervals ?? [])
    .filter((row) => row.loss === loss && /^(iou|dice)\./.test(row.measure))
    .map(
      ({ measure, mean, low, high }) => `| ${measure} | ${fixed(mean)} | ${fixed(low)} to ${fixed(high)} |`,
    );
  const data = report
    ? [`It was trained on ${report.material.train} images and tested on ${report.material.test} others.`]
    : ['The run that it comes from was not finished, so nothing is known of how well it does.'];
  const table =
    scores.length > 0
      ? ['', '| measure on the test images | mean | 95 % interval |', '| --- | --- | --- |', ...scores]
      : [];
  return `${[
    `# ${name}`,
    '',
    `A network for semantic segmentation into ${record.classes.join(', ')}, trained with the loss ${loss} (seed ${seed}, weights of epoch ${epoch}) by SegScape.`,
    ...(record.overlapping
      ? ['The classes overlap: each has a probability by itself, and is where that is above one half.']
      : []),
    ...data,
    ...table,
    '',
    '`test_input.npy` and `cover.png` show a drawn image, not one of the data that the network was trained on.',
  ].join('\n')}\n`;
}
