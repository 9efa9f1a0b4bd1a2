import { serveThread } from '@segscape/landscape/threads';
import '@tensorflow/tfjs-backend-cpu';
import registry from './registry.mjs';

await serveThread(registry);
