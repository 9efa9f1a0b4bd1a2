// Runs TensorFlow.js's own tests of one backend and gives each one's result. Bundled by scripts/tfjs-suite.mjs.
import { suite } from './setup.mjs';
import '@tensorflow/tfjs-core/dist/tests';

const results = [];
suite.addReporter({
  specDone({ fullName, status, failedExpectations }) {
    if (status === 'excluded' || status === 'pending') results.push({ name: fullName, status: 'skipped' });
    else
      results.push({
        name: fullName,
        status,
        ...(status === 'failed' && { why: failedExpectations.map(({ message }) => message).join(' | ') }),
      });
  },
});
await suite.execute();
if (globalThis.process?.send) process.send(results, () => process.exit(0));
else globalThis.tfjsSuiteResults = results;
