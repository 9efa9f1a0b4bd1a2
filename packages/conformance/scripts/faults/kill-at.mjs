// Loaded into the command line: kills it with -9 before or after the n-th operation on files, or counts them.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [at, side] = (process.env.KILL_AT ?? '').split(':');
const kill = () => process.kill(process.pid, 'SIGKILL');
let count = 0;
const operations = ['writeFile', 'appendFile', 'rename', 'rm', 'unlink', 'mkdir', 'open', 'truncate', 'link'];
for (const name of operations) {
  const original = fs.promises[name];
  fs.promises[name] = async (...args) => {
    const mine = ++count;
    if (String(mine) === at && side === 'before') kill();
    if (String(mine) === at && side === 'within' && name === 'writeFile') {
      // Half of what was to be written is there.
      const [path, data, ...rest] = args;
      await original(path, Buffer.from(data).subarray(0, Buffer.byteLength(data) / 2), ...rest);
      kill();
    }
    const result = await original(...args);
    if (String(mine) === at) kill();
    return result;
  };
}
syncBuiltinESMExports();
if (process.env.KILL_AT === 'count')
  process.on('exit', () => fs.writeFileSync(process.env.COUNT_FILE, String(count)));
