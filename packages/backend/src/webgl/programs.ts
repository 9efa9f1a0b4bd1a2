/** A compiled shader, as TensorFlow.js keeps it. */
export interface Binary {
  readonly webGLProgram: WebGLProgram;
  readonly fragmentShader: WebGLShader;
}

/** TensorFlow.js's WebGL backend, as far as it keeps compiled shaders. */
export interface ProgramKeeper {
  readonly binaryCache: Record<string, Binary | undefined>;
  readonly gpgpu: {
    readonly gl: Pick<WebGL2RenderingContext, 'deleteShader'>;
    deleteProgram(program: WebGLProgram): void;
  };
  getAndSaveBinary(key: string, compile: () => Binary): Binary;
}

export interface ProgramBounds {
  /** Programs that are always kept; one takes about a fifth of a megabyte. Default 1500. */
  readonly most?: number;
  /** What ran during so many runs is kept as well, so that no step compiles its own again. Default 5000. */
  readonly idle?: number;
}

const bounds = new WeakMap<ProgramKeeper, Required<ProgramBounds>>();

/**
 * Bounds what the WebGL backend keeps of shaders. It compiles one for every new size and keeps them all for ever, some 75 for
 * each size of a small U-Net's image (https://github.com/tensorflow/tfjs/issues/7589). Its own way out, sizes as uniforms,
 * gives wrong gradients. Here those that did not run for longest go first. Calling it again changes the bounds.
 */
export function boundPrograms(keeper: ProgramKeeper, { most = 1500, idle = 5000 }: ProgramBounds = {}): void {
  const known = bounds.has(keeper);
  bounds.set(keeper, { most, idle });
  if (known) return;
  const keep = keeper.getAndSaveBinary.bind(keeper);
  /** When each program ran last, the latest last. */
  const ran = new Map<string, number>();
  let run = 0;

  keeper.getAndSaveBinary = (key, compile) => {
    const isNew = !(key in keeper.binaryCache);
    ran.delete(key);
    ran.set(key, ++run);
    const binary = keep(key, compile);
    if (isNew) deleteOldest();
    return binary;
  };

  function deleteOldest(): void {
    const bound = bounds.get(keeper)!;
    for (const [key, last] of ran) {
      if (ran.size <= bound.most || run - last < bound.idle) return;
      ran.delete(key);
      const binary = keeper.binaryCache[key];
      if (binary === undefined) continue;
      delete keeper.binaryCache[key];
      keeper.gpgpu.deleteProgram(binary.webGLProgram);
      keeper.gpgpu.gl.deleteShader(binary.fragmentShader);
    }
  }
}
