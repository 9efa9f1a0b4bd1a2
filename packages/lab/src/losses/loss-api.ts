import { useBackend } from '@segscape/backend';
import { lossSchemas } from '@segscape/losses';
import { type ExampleChoice, FeltLosses } from './felt-losses.js';
import type { Distortion } from './prediction.js';

const felt = new FeltLosses();
// Small pictures: a processor answers sooner than a graphics card.
const ready = useBackend('cpu');

/** Losses that stand for themselves; sums of several are made on the plan's page. */
const single = Object.fromEntries(
  Object.entries(lossSchemas).filter(([kind]) => kind !== 'weightedSum' && kind !== 'pixelWeighted'),
);

/** What pages ask of losses. */
export const api = {
  schemas: () => single,
  choose: (choice: ExampleChoice) => felt.choose(choice),
  async profiles(losses: Parameters<FeltLosses['profiles']>[0]) {
    await ready;
    return felt.profiles(losses);
  },
  prediction: (distortion: Distortion) => felt.prediction(distortion),
  async feel(losses: Parameters<FeltLosses['feel']>[0], distortion: Distortion) {
    await ready;
    return felt.feel(losses, distortion);
  },
};

export type LossApi = typeof api;
