// Runs TensorFlow.js's own tests before and after `useBackend`: node scripts/tfjs-suite.mjs [--backend cpu|wasm|webgl]… [--only TEXT]
import { parseArgs } from 'node:util';
import { compare, plainName } from '../tfjs-suite/compare.mjs';
import { inChromium, inNode } from '../tfjs-suite/places.mjs';
import { bundleEntry, bundleTensorflowSuite } from './bundle.mjs';

const known = ['cpu', 'wasm', 'webgl'];

const { values } = parseArgs({
  options: { backend: { type: 'string', multiple: true }, only: { type: 'string' } },
});
const backends = values.backend ?? ['cpu', 'wasm'];
const unknown = backends.find((name) => !known.includes(name));
if (unknown !== undefined) {
  console.error(`tfjs-suite: --backend was '${unknown}', expected one of ${known.join(', ')}.`);
  process.exit(2);
}

/** A text as the pattern of that text. */
const quoted = (text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

const results = (script, backend, mended, chromium) => {
  const order = { backend, mended, ...(values.only && { only: quoted(values.only) }) };
  return backend === 'webgl' ? inChromium(script, order, chromium) : inNode(script, order);
};

const totals = { passed: 0, failed: 0, skipped: 0 };
for (const backend of backends) {
  const inBrowser = backend === 'webgl';
  const script = await bundleTensorflowSuite(inBrowser ? 'browser' : 'node');
  const chromium = inBrowser ? await bundleEntry('chromium') : undefined;
  const [before, after] = await Promise.all(
    [false, true].map((mended) => results(script, backend, mended, chromium)),
  );
  const { passed, skipped, faults, corrected, lacking, mended, stale } = compare(backend, before, after, {
    complete: values.only === undefined,
  });
  console.log(
    `${backend}: ${after.length} tests. After useBackend ${mended.length} more pass, ${corrected.length} differ by an accepted correction, ${lacking.length} fail as before.`,
  );
  for (const { name, why } of faults)
    console.log(`  only after useBackend: ${plainName(name, backend)}: ${why}`);
  for (const name of stale) console.log(`  a correction that corrects nothing: ${name}`);
  totals.passed += passed;
  totals.failed += faults.length + stale.length;
  totals.skipped += skipped + lacking.length;
}
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;
