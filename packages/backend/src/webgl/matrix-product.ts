/** A program of TensorFlow.js's WebGL backend, as far as it is looked at here. */
interface Program {
  readonly variableNames: readonly string[];
  userCode: string;
}

interface Operand {
  readonly shape: readonly number[];
}

/** What runs the programs. */
export interface ProgramRunner {
  runWebGLProgram(program: Program, inputs: readonly Operand[], ...rest: unknown[]): unknown;
}

const mended = new WeakSet<ProgramRunner>();

/**
 * Keeps what lies beyond a matrix out of its products. Textures hold 2 × 2 values a texel, so that a matrix of odd size has
 * more of them than values; those are what the last operation made of zeros there (1 after `exp`, minus the largest after
 * `sub(x, max)`), and the backend's matrix product of an odd inner size adds their products to every sum. That goes for 1 × 1
 * convolutions as well, which are matrix products. Here both operands' last texels are cleared beyond the inner size. Calling
 * it again does nothing.
 */
export function clearBeyondMatrices(runner: ProgramRunner): void {
  if (mended.has(runner)) return;
  mended.add(runner);
  const run = runner.runWebGLProgram.bind(runner);
  runner.runWebGLProgram = (program, inputs, ...rest) => {
    if (program.variableNames[0] === 'matrixA') clearBeyond(program, inputs[0]!.shape);
    return run(program, inputs, ...rest);
  };
}

const fetchesA = /vec4 a = getMatrixA\(batchA, (i \* 2, rc\.y|rc\.y, i \* 2)\);/;
const fetchesB = /vec4 b = getMatrixB\(batchB, (rc\.z, i \* 2|i \* 2, rc\.z)\);/;

function clearBeyond(program: Program, shape: readonly number[]): void {
  const [a, b] = [fetchesA.exec(program.userCode), fetchesB.exec(program.userCode)];
  if (a === null || b === null) return;
  // The inner axis is the rows of what is transposed on the left, the columns of what is not; on the right it is the reverse.
  const rowsOfA = a[1]!.startsWith('i');
  const rowsOfB = b[1]!.startsWith('i');
  const inner = shape[rowsOfA ? 1 : 2]!;
  if (inner % 2 === 0) return;
  const cleared = (name: string, rows: boolean) => `${name}.${rows ? 'zw' : 'yw'} = vec2(0);`;
  const code = `if (i == ${(inner - 1) / 2}) { ${cleared('a', rowsOfA)} ${cleared('b', rowsOfB)} }`;
  program.userCode = program.userCode.replace(b[0], `${b[0]}\n          ${code}`);
}
