import { browserTests } from '../testing/vitest.browser.ts';

// The others read files; this one reads pictures, which pages inflate by streams.
export default browserTests(['test/!(same-pixels).test.ts']);
