// Compiles assembly/*.ts: node scripts/build-kernels.mjs [--check], which only compares.
import { writeKernels } from '../../testing/kernels.mjs';

await writeKernels(new URL('..', import.meta.url), 'src/decode/jpeg/kernel-bytes.ts', {
  'jpeg-samples': 'samplesBytes',
  'jpeg-pixels': 'pixelsBytes',
});
