import { options, text } from '@segscape/core/schema';
import { defineKind } from '@segscape/study';

interface AreaErrorOptions {
  readonly of?: string;
}

const schema = options<AreaErrorOptions>({ of: text('The class whose area is measured.', {}) });

/** How many percent too large the predicted area of a class is; NaN where the image has none of it. */
export const areaErrorKind = defineKind({
  part: 'measure',
  kind: 'areaError',
  schema,
  make:
    ({ of }: AreaErrorOptions) =>
    ({ classes, labels, prediction, ignoreIndex }) => {
      const wanted = of === undefined ? classes.length - 1 : classes.indexOf(of);
      let [truth, found] = [0, 0];
      for (const [i, label] of labels.data.entries()) {
        if (label === ignoreIndex) continue;
        truth += Number(label === wanted);
        found += Number(prediction.data[i] === wanted);
      }
      return truth === 0 ? Number.NaN : (100 * (found - truth)) / truth;
    },
});
