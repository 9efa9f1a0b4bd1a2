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
export interface PackedProgram {
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
  runWebGLProgram(program: PackedProgram, inputs: readonly TensorInfo[], dtype: 'float32'): TensorInfo;
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
 * Functions of the shader: `<name>Place(index)`, where the texel of that number is, counted along the last two axes by pairs, and
 * `<name>At(index)`, the texel. What TensorFlow.js writes finds it by its place in the unit square, at some twenty
 * instructions a texel where this takes six.
 */
const fetching = (name: string, columns: number) => `
  ivec2 ${name}Place(int index) {
    int row = index / ${columns};
    return ivec2(index - row * ${columns}, row);
  }
  vec4 ${name}At(int index) { return texelFetch(${name}, ${name}Place(index), 0); }`;

/** How a shader goes along texels: from `start`, of that type, to the texel after so many steps. */
export interface Walk {
  readonly type: 'int' | 'ivec2';
  readonly start: (index: string) => string;
  readonly texel: (start: string, steps: string) => string;
}

/**
 * Along `count` texels that are `step` apart, of which the first begins a run of them. Where a row of the texture holds whole runs,
 * or one step of them, nothing is divided on the way.
 */
export function walk(name: string, columns: number, count: number, step: number): Walk {
  const start = (index: string) => `${name}Place(${index})`;
  const along = (by: (steps: string) => string): Walk => ({
    type: 'ivec2',
    start,
    texel: (from, steps) => `texelFetch(${name}, ${from} + ivec2(${by(steps)}), 0)`,
  });
  if (columns % (count * step) === 0) return along((steps) => `(${steps}) * ${step}, 0`);
  if (columns === step) return along((steps) => `0, ${steps}`);
  return {
    type: 'int',
    start: (index) => index,
    texel: (from, steps) => `${name}At(${from} + (${steps}) * ${step})`,
  };
}

/**
 * Runs a shader that reads its inputs texel by texel.
 * @param inputs by the names that the code calls them.
 * @param code `main` and what it needs, by how many texels a row of each input's texture has; it has `<name>Place(index)` and
 * `<name>At(index)` of every input, `getOutputCoords()` and `setOutput(texel)`.
 */
export function runOnTexels<Name extends string>(
  inputs: Readonly<Record<Name, TensorInfo>>,
  outputShape: readonly number[],
  code: string | ((columns: Readonly<Record<Name, number>>) => string),
): Tensor {
  const runner = findBackend('webgl') as unknown as TexelRunner;
  const variableNames = Object.keys(inputs) as Name[];
  const given = variableNames.map((name) => packed(runner, inputs[name]));
  const columns = given.map(({ info }) => pairs(runner.texData.get(info.dataId).texShape[1]));
  const fetches = variableNames.map((name, i) => fetching(name, columns[i]!));
  const byName = Object.fromEntries(variableNames.map((name, i) => [name, columns[i]!]));
  const written = typeof code === 'string' ? code : code(byName as Record<Name, number>);
  const output = runner.runWebGLProgram(
    {
      variableNames,
      outputShape,
      userCode: `${fetches.join('\n')}\n${written}`,
      packedInputs: true,
      packedOutput: true,
    },
    given.map(({ info }) => info),
    'float32',
  );
  for (const { info, made } of given) if (made) runner.disposeIntermediateTensorInfo(info);
  return engine().makeTensorFromTensorInfo(output);
}
