import { mergeConfig } from 'vitest/config';
import base from '../testing/vitest.ts';

// What native results are compared with is the cpu backend, whichever other tests run on.
export default mergeConfig(base, { test: { env: { SEGSCAPE_BACKEND: 'cpu' } } });
