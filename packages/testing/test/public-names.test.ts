import * as testing from '@segscape/testing';
import * as chromium from '@segscape/testing/chromium';
import * as readme from '@segscape/testing/readme';
import * as redis from '@segscape/testing/redis-server';
import { expect, test } from 'vitest';

test('the public names are these', () => {
  expect(
    Object.fromEntries(
      Object.entries({ testing, chromium, readme, redis }).map(([name, module]) => [
        name,
        Object.keys(module).sort(),
      ]),
    ),
  ).toMatchInlineSnapshot(`
    {
      "chromium": [
        "chromiumArguments",
        "chromiumPath",
      ],
      "readme": [
        "readmeBlock",
        "runReadme",
      ],
      "redis": [
        "said",
        "startRedis",
        "withoutRedis",
      ],
      "testing": [
        "expectTensors",
        "gradientError",
        "randomRuns",
        "sharedFolder",
        "testBackend",
        "toBeAllclose",
      ],
    }
  `);
});
