import { fork } from 'node:child_process';
import { Inbox } from './inbox.js';
import type { SuiteMessage, SuiteRequest } from './protocol.js';
import { vulkanEnvironment } from './vulkan.js';

/** Runs a request in a process of its own. Ends early when the process does. */
export async function* inNode(script: string, request: SuiteRequest): AsyncGenerator<SuiteMessage> {
  const child = fork(script, {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, ...([request.backend, request.device].includes('webgpu') && vulkanEnvironment()) },
  });
  const inbox = new Inbox<SuiteMessage>();
  let complaint = '';
  child.stderr!.on('data', (text: Buffer) => {
    complaint = (complaint + text.toString()).slice(-2000);
  });
  child.on('message', (message) => inbox.put(message as SuiteMessage));
  child.on('error', (error) => inbox.fail(error));
  child.on('exit', (code, signal) => {
    const last = complaint
      .trim()
      .split('\n')
      .findLast((line) => /error|fatal|assert/i.test(line));
    inbox.fail(
      new Error(`the process ended with ${signal ?? `code ${code}`}${last ? ` (${last.trim()})` : ''}`),
    );
  });
  child.send(request);
  try {
    yield* inbox;
  } finally {
    // Graphics drivers may hang or crash while they unload: what was to be told has been told.
    child.kill('SIGKILL');
  }
}
