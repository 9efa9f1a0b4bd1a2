// Compiles assembly/*.ts: node scripts/build-kernels.mjs [--check], which only compares.
import { writeKernels } from '../../testing/kernels.mjs';

await writeKernels(new URL('..', import.meta.url), 'src/kernel-bytes.ts', {
  lines: 'lineBytes',
  'warp-bytes': 'warpUint8Bytes',
  'warp-floats': 'warpFloat32Bytes',
});
