import * as tf from '@tensorflow/tfjs-core';
import { describe, test } from 'vitest';
import { expectSame, expectSameGradients, normal } from '../compare.js';

/** A function by name, and arguments for it. */
export type Case = readonly [name: string, fn: (...inputs: never[]) => tf.Tensor, inputs: () => tf.Tensor[]];

export const plane = () => [normal([2, 6, 5, 3])];
export const square = () => [normal([2, 6, 6, 3])];
export const pair = () => [normal([2, 3, 4, 3], 1), normal([3], 2)];
export const twins = () => [normal([2, 3, 4, 3], 1), normal([2, 3, 4, 3], 2)];
export const positive = (shape: number[]) => tf.add(tf.abs(normal(shape)), 0.5);
export const integers = (shape: number[], low: number, high: number) =>
  tf.cast(tf.clipByValue(tf.round(normal(shape, 3, high)), low, high - 1), 'int32');
export const bool = () => tf.greater(normal([3, 4]), 0);

/** Functions of the same arguments, without what else they might take. */
export const named = (
  fns: Readonly<Record<string, (...args: never[]) => tf.Tensor>>,
  inputs: Case[2],
): Case[] => Object.entries(fns).map(([name, fn]) => [name, (...xs: never[]) => fn(...xs), inputs]);

/** Compares values and gradients with those of eager execution. */
export const differentiable = (cases: readonly Case[]): void =>
  describe.each([...cases])('%s', (_name, fn, inputs) => {
    const call = fn as (...inputs: tf.Tensor[]) => tf.Tensor;
    test('gives the eager value', () => expectSame(call, inputs()));
    test('gives the eager gradients', () => expectSameGradients(call, inputs()));
  });

/** Compares values alone. */
export const values = (cases: readonly Case[]): void =>
  test.each([...cases])('%s gives the eager value', (_name, fn, inputs) => expectSame(fn as never, inputs()));
