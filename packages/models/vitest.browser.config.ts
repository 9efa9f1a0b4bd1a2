export { default } from '../testing/vitest.browser.ts';
