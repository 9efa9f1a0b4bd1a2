import { env } from '@tensorflow/tfjs-core';

/** Whether the driver draws to textures of 32-bit numbers; where it does not, results have 11 bits. */
const drawsFloat32 = (): boolean => env().getBool('WEBGL_RENDER_FLOAT32_ENABLED');

/**
 * Tells the WebGL backend its precision, of which `epsilon()` follows: it takes 32-bit drivers for 16-bit ones, and, since
 * it asks the processor, the other way about (https://github.com/tensorflow/tfjs/issues/6980).
 */
export function repairPrecision(webgl: { floatPrecisionValue: 16 | 32 }): void {
  webgl.floatPrecisionValue = drawsFloat32() ? 32 : 16;
}
