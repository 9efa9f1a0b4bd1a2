import { browserTests } from '../testing/vitest.browser.ts';

export default browserTests(['test/rooms.test.ts', 'test/files/**', 'test/runners/**']);
