import { browserTests } from '../testing/vitest.browser.ts';

export default browserTests(['test/architecture.test.ts', 'test/kernel-bytes.test.ts']);
