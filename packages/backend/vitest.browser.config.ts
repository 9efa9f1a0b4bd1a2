import { browserTests } from '../testing/vitest.browser.ts';

const shared = browserTests();

/** The WebGL backend in headless Chromium; a page for each file, since flags are read once. */
export default { ...shared, test: { ...shared.test, include: ['test/webgl/**/*.test.ts'], isolate: true } };
