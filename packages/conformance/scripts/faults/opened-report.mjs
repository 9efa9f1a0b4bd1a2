import { pathToFileURL } from 'node:url';
import { launchChromium } from '../chromium.mjs';

/** Buttons of a report that are pressed, so that what is drawn on demand is seen too. */
const pressed = 30;

/** Runs in the page: watches for what must not happen. */
function watch() {
  window.seen = [];
  window.hacked = () => window.seen.push('a script of a name ran');
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    window.seen.push(`a violation of ${violatedDirective} by ${blockedURI}`),
  );
}

/** Runs in the page: addresses that would run or leave when they are followed. */
const wrongAddresses = () =>
  [...document.querySelectorAll('[href], [src], [action], [formaction]')]
    .flatMap((element) => ['href', 'src', 'action', 'formaction'].map((name) => element.getAttribute(name)))
    .filter((address) => address !== null && /^\s*(?:javascript|vbscript):/i.test(address));

/** A browser that opens reports, one after another. */
export async function openedReports() {
  const browser = await launchChromium();
  return {
    /** What a report did that it must not, in words: ran a name, asked for something, broke its own policy, or failed. */
    async faultOf(path) {
      const context = await browser.newContext();
      const page = await context.newPage();
      const faults = [];
      const address = pathToFileURL(path).href;
      await context.route('**/*', (route) => {
        const url = route.request().url();
        if (url.split('#')[0] === address || /^(?:data|blob):/.test(url)) return route.continue();
        faults.push(`a request for ${url.slice(0, 100)}`);
        return route.abort();
      });
      page.on('dialog', (dialog) => {
        faults.push(`a dialog: ${dialog.message()}`);
        return dialog.dismiss();
      });
      page.on('pageerror', (error) => faults.push(`an error: ${error.message}`));
      try {
        await page.addInitScript(watch);
        await page.goto(address);
        // What is folded is drawn when it opens; a click on each would wait for those inside others.
        await page.evaluate(() => {
          for (const details of document.querySelectorAll('details')) details.open = true;
        });
        for (const button of (await page.locator('button:visible').all()).slice(0, pressed)) {
          await button.click({ timeout: 300 }).catch(() => {});
          await page.keyboard.press('Escape');
        }
        await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
        await page.waitForTimeout(200);
        faults.push(...(await page.evaluate(() => window.seen)));
        faults.push(...(await page.evaluate(wrongAddresses)).map((wrong) => `an address ${wrong}`));
      } catch (error) {
        faults.push(`it could not be looked at: ${error.message.split('\n')[0]}`);
      } finally {
        await context.close();
      }
      return faults.length === 0 ? undefined : [...new Set(faults)].join('; ');
    },
    close: () => browser.close(),
  };
}
