import type { Tensor } from '@tensorflow/tfjs-core';

/** Labels with what the loss prepared beside them. */
export interface StepLabels {
  readonly labels: Tensor;
  readonly [prepared: string]: Tensor;
}

/** Lower is better; a scalar. Any such function fits, as do the losses of `@segscape/losses`. */
export interface StepLoss {
  (labels: StepLabels, logits: Tensor): Tensor;
  readonly name?: string;
  /** What it was made with. `input: 'probabilities'`, in a part of it too, says that the model ends in a softmax. */
  readonly options?: object;
  /**
   * Present weights of parts that change in training, by name; `fit` hands them on beside the labels, as scalars.
   * @param epoch counted from 0.
   */
  readonly weightsAt?: (epoch: number) => Readonly<Record<string, number>>;
}
