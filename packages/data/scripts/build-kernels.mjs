// Compiles assembly/*.ts: node scripts/build-kernels.mjs [--check], which only compares.
import { writeKernels } from '../../testing/kernels.mjs';

const folder = new URL('..', import.meta.url);

await writeKernels(folder, 'src/decode/jpeg/kernel-bytes.ts', {
  'jpeg-samples': 'samplesBytes',
  'jpeg-pixels': 'pixelsBytes',
});
await writeKernels(folder, 'src/decode/bmp-kernel-bytes.ts', { 'bmp-colours': 'coloursBytes' });
await writeKernels(folder, 'src/decode/tiff/words-kernel-bytes.ts', { 'swapped-words': 'wordsBytes' });
