// A worker thread that trains on the backend it is told, as an application's would: from what is published.
import { parentPort, workerData } from 'node:worker_threads';
import { useBackend } from '@segscape/backend';
import { conv2d, env, getBackend, grad, ones, square, sum } from '@tensorflow/tfjs-core';

env().set('PROD', true);
const { name } = await useBackend(workerData, { threads: 1 });
const step = grad((x) => sum(square(conv2d(x, ones([3, 3, 1, 1]), 1, 'same'))));
const corners = [];
for (let i = 0; i < 20; i++) {
  const slope = step(ones([1, 4, 4, 1]));
  corners.push((await slope.data())[0]);
  slope.dispose();
  // Others have their turn between the steps.
  await new Promise((resolve) => setTimeout(resolve, 1));
}
parentPort.postMessage({ name, current: getBackend(), corners: [...new Set(corners)] });
