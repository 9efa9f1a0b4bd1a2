import fc from 'fast-check';
import { formats } from '../formats/all.mjs';
import { judged } from '../judged.mjs';

/** What sizes, counts and offsets fear, in one to eight bytes of either order. */
const feared = fc.constantFrom(
  [0],
  [255],
  [0, 0],
  [255, 255],
  [0, 0, 0, 0],
  [255, 255, 255, 255],
  [255, 255, 255, 127],
  [127, 255, 255, 255],
  [0, 0, 0, 128],
  [128, 0, 0, 0],
  [255, 255, 255, 255, 255, 255, 255, 127],
  [0, 0, 192, 127],
);
const edit = fc.record({
  at: fc.oneof(fc.nat(400), fc.nat(2 ** 20)),
  bytes: fc.oneof(feared, fc.array(fc.nat(255), { minLength: 1, maxLength: 8 })),
});
const change = fc.record({
  file: fc.nat(10_000),
  edits: fc.array(edit, { minLength: 1, maxLength: 6 }),
  cut: fc.option(fc.nat(2 ** 20), { freq: 4 }),
  more: fc.uint8Array({ maxLength: 16 }),
});

function edited({ bytes }, { edits, cut, more }) {
  const out = new Uint8Array(bytes);
  for (const { at, bytes: values } of edits)
    for (const [i, value] of values.entries()) if (out.length > 0) out[(at + i) % out.length] = value;
  const end = cut === null || out.length === 0 ? out.length : cut % out.length;
  return new Uint8Array([...out.subarray(0, end), ...more]);
}

/** Cases of each format, of every thousand. */
const shares = {
  png: 40,
  jpeg: 30,
  gif: 40,
  bmp: 40,
  tiff: 60,
  nifti: 50,
  niftiGz: 20,
  dicom: 40,
  zarr: 30,
  safetensors: 40,
  onnx: 20,
  pickle: 30,
  config: 30,
  facts: 20,
  history: 30,
  split: 20,
  surface: 20,
  checkpoint: 20,
  points: 20,
};

/** Sound files with several places changed, and bytes of no format at all. */
export const ofBytes = Object.fromEntries(
  Object.entries(shares).map(([format, share]) => [
    `${format} bytes`,
    {
      share,
      async make() {
        const { seeds, read, codes } = formats[format];
        const files = await seeds();
        // The small ones: so a place that is changed is one that is read.
        const small = files.filter(({ bytes }) => bytes.length < 20_000);
        const sound = fc.tuple(fc.constant(small.length > 0 ? small : files), change);
        return {
          arbitrary: fc.oneof(
            { weight: 9, arbitrary: sound },
            { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => [undefined, bytes]) },
          ),
          // What is shown of a counterexample; the files themselves would be too much.
          show: ([, value]) => fc.stringify(value),
          check([list, value]) {
            if (list === undefined) return judged(() => read(value, files[0]), codes);
            const file = list[value.file % list.length];
            return judged(() => read(edited(file, value), file), codes);
          },
        };
      },
    },
  ]),
);
