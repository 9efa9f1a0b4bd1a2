import { type LossConfig, lossSchemas } from '@segscape/losses';
import type { ConformanceCase } from '../case.js';
import { type Form, ignoreIndex } from './forms.js';
import { lossCase } from './loss-case.js';
import { pixelOptions } from './pixel-options.js';
import { profileCase } from './profile-case.js';
import { regionOptions } from './region-options.js';

/** Masks of several classes are prepared for the classes that are named. */
const prepared = (form: Form) => (form === 'one class' ? {} : { classes: [0, 1, 2] });

/** What a name alone does not make. */
const required: Readonly<Record<string, (form: Form) => object>> = {
  weightedSum: () => ({
    terms: [{ loss: { name: 'dice' } }, { loss: { name: 'crossEntropy' }, weight: 0.5 }],
  }),
  pixelWeighted: () => ({ loss: { name: 'crossEntropy' } }),
  boundary: prepared,
  blobDice: prepared,
  skeletonRecall: prepared,
};

const forms = ['indices', 'one-hot', 'one class', 'volume'] as const;

const takes = (name: string, option: string) =>
  Object.hasOwn((lossSchemas[name] as { properties: object }).properties, option);

/** Every loss by its name alone, with every kind of labels. */
const plain: ConformanceCase[] = Object.keys(lossSchemas).flatMap((name) => {
  const config = (form: Form): LossConfig => ({ name, ...required[name]?.(form) });
  return [
    ...forms.map((form) => lossCase(config(form), form)),
    ...(takes(name, 'ignoreIndex') ? [lossCase({ ...config('ignored'), ignoreIndex }, 'ignored')] : []),
  ];
});

/** The cases of `@segscape/losses`. */
export const lossCases: readonly ConformanceCase[] = [
  ...plain,
  ...[...pixelOptions, ...regionOptions].map(([config, form]) => lossCase(config, form)),
  profileCase,
];
