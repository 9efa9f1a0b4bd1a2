import './no-text-as-code.js';
import { expose } from 'comlink';
import type { WorkerName } from './start-worker.js';

// Requests that come while the code is still being loaded are kept, and answered afterwards.
const early: MessageEvent[] = [];
const keep = (event: MessageEvent) => early.push(event);
addEventListener('message', keep);

const code: Readonly<Record<WorkerName, () => Promise<{ readonly api: object }>>> = {
  losses: () => import('../losses/loss-api.js'),
  study: () => import('../study/study-api.js'),
};

const { api } = await code[self.name as WorkerName]();
removeEventListener('message', keep);
expose(api);
for (const { data, ports } of early) dispatchEvent(new MessageEvent('message', { data, ports: [...ports] }));
