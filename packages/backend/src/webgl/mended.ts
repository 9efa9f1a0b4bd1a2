import { clearBeyondMatrices, type ProgramRunner } from './matrix-product.js';
import { repairPrecision } from './precision.js';
import { boundPrograms, type ProgramKeeper } from './programs.js';
import { boundFreeTextures, type TextureManager } from './textures.js';

export { registerWebglKernels } from './kernels.js';

/** What is asked of TensorFlow.js's WebGL backend. */
export interface WebglBackend extends ProgramKeeper, ProgramRunner {
  readonly gpgpu: ProgramKeeper['gpgpu'] & { readonly gl: WebGL2RenderingContext };
  readonly textureManager: TextureManager;
  floatPrecisionValue: 16 | 32;
}

/** Bounds what the backend keeps, and mends what is no kernel. Calling it again does nothing. */
export function mendWebgl(webgl: WebglBackend): void {
  boundFreeTextures(webgl.textureManager);
  boundPrograms(webgl);
  clearBeyondMatrices(webgl);
  repairPrecision(webgl);
}
