import { cast, type DataType, tidy, upcastType, where } from '@tensorflow/tfjs-core';
import { kernelsOf } from '../kernels/registry.js';
import { runKernel } from '../kernels/run-kernel.js';

const predicates = ['IsNan', 'IsInf', 'IsFinite'];
const signed = ['Abs', 'Relu', 'Relu6', 'Neg', 'Sign', 'Square', 'Step'];

/** TensorFlow refuses, with an error, types that the other backends compute with: these are cast on the way, or out. */
export function repairTypes(): void {
  const { repair } = kernelsOf('tensorflow');
  const through = (kernelName: string, type: DataType, sound: readonly DataType[]): void =>
    repair(
      kernelName,
      ({ x }, attrs) =>
        tidy(() => {
          const y = runKernel(kernelName, { x: cast(x!, type) }, attrs);
          return cast(y, predicates.includes(kernelName) ? 'bool' : x!.dtype);
        }),
      ({ x }) => sound.includes(x!.dtype),
    );
  for (const name of predicates) through(name, 'float32', ['float32']);
  for (const name of signed) through(name, 'int32', ['float32', 'int32', 'complex64']);
  // Leaves floats floats, where the other backends give whole numbers.
  repair(
    'FloorDiv',
    (_inputs, _attrs, own) => tidy(() => cast(own(), 'int32')),
    ({ a }) => a!.dtype === 'int32',
  );
  repair(
    'Select',
    ({ condition, t, e }) =>
      tidy(() => {
        const type = upcastType(t!.dtype, e!.dtype);
        return where(condition!, cast(t!, type), cast(e!, type));
      }),
    ({ t, e }) => t!.dtype === e!.dtype,
  );
}
