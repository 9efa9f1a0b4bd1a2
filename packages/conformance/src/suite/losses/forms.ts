import type { LossFn } from '@segscape/losses';
import type { HostTensor } from '../inputs.js';
import { given, integers, normals } from '../inputs.js';

/** How labels are given, and over what. */
export type Form = 'indices' | 'one-hot' | 'one class' | 'volume' | 'ignored' | 'probabilities';

export const ignoreIndex = 255;

const shapes: Readonly<Record<Form, readonly number[]>> = {
  indices: [2, 6, 7, 3],
  'one-hot': [2, 6, 7, 3],
  'one class': [2, 6, 7, 1],
  volume: [1, 4, 5, 6, 3],
  ignored: [2, 6, 7, 3],
  probabilities: [2, 6, 7, 3],
};

/** Class indices, in the volume's form as `[batch, depth, height, width]`. */
function classIndices(form: Form): HostTensor {
  const shape = shapes[form];
  const classes = shape.at(-1)!;
  const drawn = integers(`labels ${form}`, shape.slice(0, -1), 0, Math.max(2, classes));
  if (form !== 'ignored') return drawn;
  return { ...drawn, data: drawn.data.map((label, i) => (i % 5 === 3 ? ignoreIndex : label)) };
}

function oneHotLabels({ data, shape }: HostTensor, classes: number): HostTensor {
  const entries = data.flatMap((label) => Array.from({ length: classes }, (_, c) => Number(c === label)));
  return given(entries, [...shape, classes]);
}

function scores(form: Form): HostTensor {
  const shape = shapes[form];
  if (form !== 'probabilities') return normals(`logits ${form}`, shape, 1.5);
  const classes = shape.at(-1)!;
  const raw = normals(`logits ${form}`, shape).data.map(Math.exp);
  const total = (i: number) => {
    const start = i - (i % classes);
    return raw.slice(start, start + classes).reduce((sum, value) => sum + value, 0);
  };
  return given(
    raw.map((value, i) => value / total(i)),
    shape,
  );
}

/** What the loss wants prepared, from each sample's mask, as one tensor a name. */
function prepared(loss: LossFn, labels: HostTensor): Record<string, HostTensor> {
  const { prepare } = loss;
  if (prepare === undefined) return {};
  const [samples, ...space] = labels.shape as [number, ...number[]];
  const pixels = space.reduce((product, n) => product * n, 1);
  const [width = 1, height = 1, depth] = [...space].reverse();
  const rasters = Array.from({ length: samples }, (_, n) =>
    prepare({
      data: Int32Array.from(labels.data.slice(n * pixels, (n + 1) * pixels)),
      height,
      width,
      channels: 1,
      ...(depth !== undefined && { depth }),
    }),
  );
  return Object.fromEntries(
    Object.entries(rasters[0]!).map(([name, { channels }]) => [
      name,
      given(
        rasters.flatMap((record) => Array.from(record[name]!.data)),
        [samples, ...space, channels],
      ),
    ]),
  );
}

/** Labels, logits and what the loss prepares. */
export function lossInputs(loss: LossFn, form: Form): Record<string, HostTensor> {
  const indices = classIndices(form);
  const labels = form === 'one-hot' ? oneHotLabels(indices, shapes[form].at(-1)!) : indices;
  return { labels, logits: scores(form), ...prepared(loss, indices) };
}
