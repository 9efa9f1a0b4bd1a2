import {
  add,
  cast,
  clone,
  type DataType,
  div,
  isFinite as isNumber,
  maximum,
  minimum,
  mul,
  scalar,
  type Tensor,
  tidy,
  upcastType,
  where,
} from '@tensorflow/tfjs-core';
import { kernelsOf } from '../kernels/registry.js';
import { runKernel } from '../kernels/run-kernel.js';
import { withoutNaN } from './pooling.js';

const { repair } = kernelsOf('wasm');

/**
 * Kernels that read other types as if they were float32, or write 4 bytes where a bool has one
 * (https://github.com/tensorflow/tfjs/issues/5641).
 */
/** Functions whose results, of whole numbers, are no whole numbers. */
const smooth =
  'Acos Acosh Asin Asinh Atan Atanh Cos Cosh Elu Erf Exp LeakyRelu Log Reciprocal Rsqrt Sigmoid Sin Sinh Sqrt Tan Tanh';
const floatOnly = `Log1p Expm1 IsNan IsInf IsFinite ${smooth}`;
const notBool = 'Abs Neg Square Sign Relu Relu6 Step Round Selu Softplus Reverse Cumsum Cumprod';

/** The type of a result, where it is not that of what it is made of. */
const resultType: Readonly<Record<string, DataType>> = {
  IsNan: 'bool',
  IsInf: 'bool',
  IsFinite: 'bool',
  Cumsum: 'int32',
  Exp: 'float32',
  LeakyRelu: 'float32',
  Cumprod: 'int32',
};

/** Runs a kernel on the numbers as float32, and gives the result the type that it should have. */
function throughFloat(kernelName: string, types: readonly DataType[]): void {
  repair(
    kernelName,
    (inputs, attrs) =>
      tidy(() => {
        const [name, x] = Object.entries(inputs)[0]!;
        const y = runKernel(kernelName, { [name]: cast(x, 'float32') }, attrs);
        const type = resultType[kernelName] ?? x.dtype;
        // A boolean, where it is no answer, is the number without its fraction.
        return cast(type === x.dtype ? cast(y, 'int32') : y, type);
      }),
    (inputs) => types.includes(Object.values(inputs)[0]!.dtype),
  );
}

/** 0 / x is a number unless x is zero; a comparison gives the same and takes three times as long. */
const isNotZero = (x: Tensor): Tensor => tidy(() => isNumber(div(0, withoutNaN(cast(x, 'float32')))));

/** A bound as the type holds it; there are no infinite integers. */
const within = (bound: number, type: DataType) =>
  type === 'int32' ? Math.trunc(Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, bound))) : bound;

/** Repairs what the backend does to other types than float32. */
export function repairTypes(): void {
  for (const name of floatOnly.split(' ')) throughFloat(name, ['float32']);
  // Gives the bound for what is not a number; a maximum and a minimum give their first operand then.
  repair('ClipByValue', ({ x }, { clipValueMin, clipValueMax }) =>
    tidy(() => {
      const type = x!.dtype === 'int32' ? 'int32' : 'float32';
      const [least, most] = [clipValueMin, clipValueMax].map((bound) =>
        scalar(within(bound as number, type), type),
      );
      return cast(minimum(maximum(cast(x!, type), least!), most!), x!.dtype);
    }),
  );
  // Takes the bits of whole numbers for floats; they have nothing to round.
  for (const name of ['Ceil', 'Floor'])
    repair(
      name,
      ({ x }) => clone(x!),
      ({ x }) => x!.dtype === 'float32',
    );
  for (const name of notBool.split(' ')) throughFloat(name, ['float32', 'int32']);
  // Keeps the lowest byte of a number, so that 0.5 and 256 are false (https://github.com/tensorflow/tfjs/issues/2590).
  repair(
    'Cast',
    ({ x }) => isNotZero(x!),
    ({ x }, { dtype }) => dtype !== 'bool' || x!.dtype === 'bool',
  );
  // Writes whole numbers, whatever the type.
  repair(
    'OneHot',
    (inputs, attrs) =>
      tidy(() => {
        const {
          dtype,
          onValue = 1,
          offValue = 0,
        } = attrs as {
          dtype: DataType;
          onValue?: number;
          offValue?: number;
        };
        const plain = { ...attrs, dtype: 'int32', onValue: 1, offValue: 0 };
        const hot = cast(runKernel('OneHot', inputs, plain), 'float32');
        const values = onValue === 1 && offValue === 0 ? hot : add(mul(hot, onValue - offValue), offValue);
        return cast(values, dtype);
      }),
    (_inputs, { dtype }) => dtype === 'int32',
  );
  // Mixes the bits of both where their types differ, and writes past the end of bools.
  repair(
    'Select',
    ({ condition, t, e }) =>
      tidy(() => {
        const type = upcastType(t!.dtype, e!.dtype);
        const wide = type === 'bool' ? 'float32' : type;
        return cast(where(condition!, cast(t!, wide), cast(e!, wide)), type);
      }),
    ({ t, e }) => t!.dtype === e!.dtype && t!.dtype !== 'bool',
  );
}
