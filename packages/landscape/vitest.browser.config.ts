import { browserTests } from '../testing/vitest.browser.ts';

export default browserTests(['test/surface-files.test.ts']);
