import { mergeConfig } from 'vitest/config';
import shared from '../testing/vitest.ts';

/** The slow proofs of `npm run test:full`. */
const full = mergeConfig(shared, { test: { testTimeout: 1_200_000, fileParallelism: false } });
full.test!.include = ['full/**/*.test.ts'];

export default full;
