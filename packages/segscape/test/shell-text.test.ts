import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { asArgument } from '../src/shell-text.js';

describe('a path as it is typed after a command', () => {
  test.each(['runs/today', '/tmp/ünï/日本', 'a=b,c:d@e%'])('%s stays as it is', (path) =>
    expect(asArgument(path)).toBe(path),
  );

  test.each(['a b', "it's", 'quo"te', '$HOME', 'a;b', '`id`', '<b>', '*', '-dash', 'a\nb', "'"])(
    'a shell takes %j for one word, and for no option',
    (path) => {
      const seen = execFileSync('/bin/sh', ['-c', `printf %s ${asArgument(path)}`], { encoding: 'utf8' });
      expect(seen).toBe(path.startsWith('-') ? `./${path}` : path);
    },
  );
});
