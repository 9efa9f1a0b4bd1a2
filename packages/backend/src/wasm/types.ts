import {
  cast,
  type DataType,
  engine,
  type NamedAttrMap,
  notEqual,
  type Tensor,
  tidy,
  upcastType,
  where,
} from '@tensorflow/tfjs-core';
import { kernelsOf } from '../kernels/registry.js';

const { repair } = kernelsOf('wasm');

/** Kernels that read other types as if they were float32, or write 4 bytes where a bool has one. */
const floatOnly = 'StridedSlice ClipByValue Log1p Expm1 IsNan IsInf IsFinite';
const notBool = 'Abs Neg Square Sign Relu Relu6 Step Round Selu Softplus Reverse Cumsum Cumprod';

const predicates = ['IsNan', 'IsInf', 'IsFinite'];

/** Runs a kernel on the numbers as float32, and gives the result the type that it should have. */
function throughFloat(kernelName: string, types: readonly DataType[]): void {
  repair(
    kernelName,
    (inputs, attrs) =>
      tidy(() => {
        const [name, x] = Object.entries(inputs)[0]!;
        const y = engine().runKernel(
          kernelName,
          { [name]: cast(x, 'float32') },
          attrs as NamedAttrMap,
        ) as Tensor;
        return cast(y, predicates.includes(kernelName) ? 'bool' : x.dtype);
      }),
    (inputs) => types.includes(Object.values(inputs)[0]!.dtype),
  );
}

/** Repairs what the backend does to other types than float32. */
export function repairTypes(): void {
  for (const name of floatOnly.split(' ')) throughFloat(name, ['float32']);
  for (const name of notBool.split(' ')) throughFloat(name, ['float32', 'int32']);
  // Keeps the lowest byte of a number: 0.5 and 256 would be false.
  repair(
    'Cast',
    ({ x }) => notEqual(x!, 0),
    ({ x }, { dtype }) => dtype !== 'bool' || x!.dtype === 'bool',
  );
  // Mixes the bits of both where their types differ, and writes past the end of bools.
  repair(
    'Select',
    ({ condition, t, e }) =>
      tidy(() => {
        const type = upcastType(t!.dtype, e!.dtype);
        const wide = type === 'bool' ? 'int32' : type;
        return cast(where(condition!, cast(t!, wide), cast(e!, wide)), type);
      }),
    ({ t, e }) => t!.dtype === e!.dtype && t!.dtype !== 'bool',
  );
}
