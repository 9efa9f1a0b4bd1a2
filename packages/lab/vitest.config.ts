import { defineConfig, mergeConfig } from 'vitest/config';
import shared from '../testing/vitest.ts';

export default mergeConfig(shared, defineConfig({ test: { globalSetup: ['./test/one-chromium.ts'] } }));
