import {
  add,
  cast,
  type DataType,
  div,
  isFinite as isNumber,
  maximum,
  minimum,
  mul,
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
const floatOnly = 'Log1p Expm1 IsNan IsInf IsFinite';
const notBool = 'Abs Neg Square Sign Relu Relu6 Step Round Selu Softplus Reverse Cumsum Cumprod';

const predicates = ['IsNan', 'IsInf', 'IsFinite'];

/** Runs a kernel on the numbers as float32, and gives the result the type that it should have. */
function throughFloat(kernelName: string, types: readonly DataType[]): void {
  repair(
    kernelName,
    (inputs, attrs) =>
      tidy(() => {
        const [name, x] = Object.entries(inputs)[0]!;
        const y = runKernel(kernelName, { [name]: cast(x, 'float32') }, attrs);
        return cast(y, predicates.includes(kernelName) ? 'bool' : x.dtype);
      }),
    (inputs) => types.includes(Object.values(inputs)[0]!.dtype),
  );
}

/** 0 / x is a number unless x is zero; a comparison gives the same and takes three times as long. */
const isNotZero = (x: Tensor): Tensor => tidy(() => isNumber(div(0, withoutNaN(cast(x, 'float32')))));

/** Repairs what the backend does to other types than float32. */
export function repairTypes(): void {
  for (const name of floatOnly.split(' ')) throughFloat(name, ['float32']);
  // Gives the bound for what is not a number; a maximum and a minimum give their first operand then.
  repair('ClipByValue', ({ x }, { clipValueMin, clipValueMax }) =>
    tidy(() => {
      const raised = maximum(cast(x!, 'float32'), clipValueMin as number);
      return cast(minimum(raised, clipValueMax as number), x!.dtype);
    }),
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
