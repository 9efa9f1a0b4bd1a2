import { browserTests } from '../testing/vitest.browser.ts';

export default browserTests(['test/kernel-bytes.test.ts']);
