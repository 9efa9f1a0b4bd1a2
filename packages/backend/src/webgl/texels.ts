import { engine, env, findBackend, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';

/** What TensorFlow.js's WebGL backend knows of a tensor's texture. */
interface TextureData {
  shape: readonly number[];
  isPacked?: boolean;
  readonly texture?: object | null;
  /** Of values: twice the texels each way, where they are packed. */
  readonly texShape: readonly [rows: number, columns: number];
}

/** A program whose inputs and output hold 2 × 2 values a texel. */
interface Program {
  readonly variableNames: readonly string[];
  readonly outputShape: readonly number[];
  readonly userCode: string;
  readonly packedInputs: true;
  readonly packedOutput: true;
}

/** TensorFlow.js's WebGL backend, as far as it is asked to run shaders that read texels. */
export interface TexelRunner {
  readonly texData: { get(dataId: object): TextureData };
  uploadToGPU(dataId: object): void;
  packTensor(input: TensorInfo): TensorInfo;
  packedReshape(input: TensorInfo, shape: readonly number[]): TensorInfo;
  runWebGLProgram(program: Program, inputs: readonly TensorInfo[], dtype: 'float32'): TensorInfo;
  disposeIntermediateTensorInfo(info: TensorInfo): void;
}

/** Whether shaders can read texels by their place: in WebGL 2. */
export const readsTexels = (): boolean => env().getNumber('WEBGL_VERSION') === 2;

/** Texels along an axis, each of two values. */
export const pairs = (size: number): number => Math.ceil(size / 2);

const isEven = (n: number) => n % 2 === 0;

/** Whether texels of one shape lie as those of the other do. */
function lieAlike(one: readonly number[], other: readonly number[]): boolean {
  if (one.length < 2 || other.length < 2 || one.at(-1) !== other.at(-1)) return false;
  const [rows, others] = [one.at(-2)!, other.at(-2)!];
  return rows === others || (isEven(rows) && isEven(others));
}

/** The tensor as a texture of 2 × 2 values a texel; `made` where that is another than its own. */
function packed(
  runner: TexelRunner,
  { dataId, shape, dtype }: TensorInfo,
): { info: TensorInfo; made: boolean } {
  const data = runner.texData.get(dataId);
  if (data.texture === null || data.texture === undefined) {
    data.isPacked = true;
    data.shape = shape;
  }
  runner.uploadToGPU(dataId);
  const info = { dataId, shape, dtype };
  if (!data.isPacked) return { info: runner.packTensor(info), made: true };
  if (lieAlike(data.shape, shape)) return { info, made: false };
  return { info: runner.packedReshape({ ...info, shape: [...data.shape] }, shape), made: true };
}

/**
 * A function `<name>At(index)` of the shader: the texel of that number, counted along the last two axes by pairs. The one that
 * TensorFlow.js writes finds it by its place in the unit square, at some twenty instructions a texel where this one takes six.
 */
const fetching = (name: string, columns: number) => `
  vec4 ${name}At(int index) {
    int row = index / ${columns};
    return texelFetch(${name}, ivec2(index - row * ${columns}, row), 0);
  }`;

/**
 * Runs a shader that reads its inputs texel by texel.
 * @param inputs by the names that the code calls them.
 * @param code `main` and what it needs; it has `<name>At(index)` of every input, `getOutputCoords()` and `setOutput(texel)`.
 */
export function runOnTexels(
  inputs: Readonly<Record<string, TensorInfo>>,
  outputShape: readonly number[],
  code: string,
): Tensor {
  const runner = findBackend('webgl') as unknown as TexelRunner;
  const variableNames = Object.keys(inputs);
  const given = Object.values(inputs).map((input) => packed(runner, input));
  const fetches = given.map(({ info }, i) =>
    fetching(variableNames[i]!, pairs(runner.texData.get(info.dataId).texShape[1])),
  );
  const output = runner.runWebGLProgram(
    {
      variableNames,
      outputShape,
      userCode: `${fetches.join('\n')}\n${code}`,
      packedInputs: true,
      packedOutput: true,
    },
    given.map(({ info }) => info),
    'float32',
  );
  for (const { info, made } of given) if (made) runner.disposeIntermediateTensorInfo(info);
  return engine().makeTensorFromTensorInfo(output);
}
