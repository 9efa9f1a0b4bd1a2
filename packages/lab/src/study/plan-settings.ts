import type { StudyInput } from '@segscape/study';
import { type ChosenLoss, configOf, distinctLabels } from '../losses/chosen-loss.js';
import type { DataConfig } from './data-config.js';
import type { DeviceName } from './study-job.js';

/** Networks that take channels and levels alike, in words. */
export const networks = {
  unet: 'U-Net',
  residualUnet: 'U-Net with residual blocks',
  attentionUnet: 'U-Net with attention gates',
  nestedUnet: 'U-Net++',
} as const;

/** What the page Plan asks for, beside data and losses. */
export interface PlanSettings {
  readonly network: keyof typeof networks;
  readonly baseChannels: number;
  readonly depth: number;
  readonly augment: boolean;
  /** Scale and smoothing of elastic deformations, pixels. */
  readonly alpha: number;
  readonly sigma: number;
  readonly budget: 'steps' | 'minutes' | 'epochs';
  /** So many of them. */
  readonly amount: number;
  readonly batchSize: number;
  /** Side of the square whose pixels a training image may have; larger images are scaled down. */
  readonly side: number;
  readonly learningRate: number;
  readonly seeds: number;
  readonly resolution: number;
  /** Also the paths of the trainings, how far to trust each surface, and where gradients come from. */
  readonly maps: boolean;
  /** Also the curvature around the trained networks, which takes its time. */
  readonly curvature: boolean;
  readonly device: DeviceName;
}

export const phantomData = {
  kind: 'phantom',
  phantom: 'fundus',
  count: 24,
  height: 64,
  width: 64,
  seed: 7,
} as const;

/** Minutes on a laptop. */
export const firstPlan: PlanSettings = {
  network: 'unet',
  baseChannels: 8,
  depth: 3,
  augment: true,
  alpha: 30,
  sigma: 6,
  budget: 'steps',
  amount: 60,
  batchSize: 4,
  side: 128,
  learningRate: 0.003,
  seeds: 1,
  resolution: 9,
  maps: true,
  curvature: false,
  device: 'auto',
};

/** The study that the pages describe, as a config. */
export function studyOf(data: DataConfig, losses: readonly ChosenLoss[], plan: PlanSettings): StudyInput {
  const labels = distinctLabels(losses);
  return {
    name: 'lab',
    data: { ...data, split: { test: 0.25 }, maxPixels: plan.side ** 2 },
    augment: plan.augment
      ? [{ kind: 'flip' }, { kind: 'elastic', alpha: plan.alpha, sigma: plan.sigma, probability: 0.5 }]
      : [],
    model: { kind: plan.network, baseChannels: plan.baseChannels, depth: plan.depth, norm: 'batch' },
    losses: losses.map((loss, i) => ({ ...configOf(loss), label: labels[i]! })),
    training: {
      budget: { [plan.budget]: plan.amount },
      batchSize: plan.batchSize,
      seeds: Array.from({ length: plan.seeds }, (_, i) => i + 1),
      select: 'best',
      optimizer: { kind: 'adam', learningRate: plan.learningRate },
    },
    landscape: {
      resolution: plan.resolution,
      samples: 4,
      maps: plan.maps,
      // What was trained is seen first.
      checkpoints: ['end', 'middle', 'start'],
      ...(plan.curvature && { curvature: {} }),
    },
  };
}
