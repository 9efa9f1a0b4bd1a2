import { scoreRecord, segmentationMetrics } from '@segscape/metrics';
import type { Tensor } from '@tensorflow/tfjs-core';
import { channelOf } from './label-planes.js';

type Scored = Readonly<Record<string, number>>;

/** Scores of one pass over a part of the data, by the names of measures: `iou.disc`. */
export interface StudyScores {
  /**
   * @param labels class indices `[batch, height, width]`, or of overlapping classes planes `[batch, height, width, classes]`.
   * @param logits `[batch, height, width, classes]`.
   */
  update(labels: Tensor, logits: Tensor, ids: readonly string[]): Promise<void>;
  /** Means over the images. */
  overall(): Record<string, number>;
  perImage(): { readonly id: string; readonly scores: Scored }[];
}

interface Scoring {
  readonly classes: readonly string[];
  readonly ignoreIndex: number | undefined;
}

const ignoring = ({ ignoreIndex }: Scoring) => (ignoreIndex !== undefined ? { ignoreIndex } : {});

/** Of classes that exclude each other. */
export function exclusiveScores(scoring: Scoring): StudyScores {
  const metrics = segmentationMetrics({ classes: scoring.classes, ...ignoring(scoring) });
  return {
    update: (labels, logits, ids) => metrics.update(labels, logits, ids),
    overall: () => scoreRecord(metrics.compute({ over: 'images' })),
    perImage: () => metrics.perImage().map(({ id, ...scores }) => ({ id, scores: scoreRecord(scores) })),
  };
}

const mean = (values: readonly number[]): number => {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
};

/**
 * The columns of each class from a score of that class against everything else; `pixelAccuracy` is the mean over the classes
 * (the share of right answers), as are `iou.mean` and its like.
 */
function together(records: readonly Scored[], classes: readonly string[]): Record<string, number> {
  const found: Record<string, number> = {
    pixelAccuracy: mean(records.map(({ pixelAccuracy }) => pixelAccuracy!)),
  };
  const measures = Object.keys(records[0]!).flatMap((name) => /^(.+)\.mean$/.exec(name)?.[1] ?? []);
  for (const measure of measures) {
    const values = classes.map((name, c) => records[c]![`${measure}.${name}`]!);
    for (const [c, name] of classes.entries()) found[`${measure}.${name}`] = values[c]!;
    found[`${measure}.mean`] = mean(values);
  }
  return found;
}

/** Of classes that overlap: each by itself, by its sigmoid, at one half. */
export function planeScores(scoring: Scoring): StudyScores {
  const { classes } = scoring;
  const each = classes.map((name) =>
    segmentationMetrics({ classes: [`not ${name}`, name], ...ignoring(scoring) }),
  );
  return {
    async update(labels, logits, ids) {
      const [truth, scores] = [await labels.data(), await logits.data()] as [Int32Array, Float32Array];
      const shape = labels.shape.slice(0, -1);
      for (const [c, metrics] of each.entries())
        await metrics.update(
          { data: channelOf(truth, classes.length, c), shape },
          { data: channelOf(scores, classes.length, c), shape: [...shape, 1] },
          ids,
        );
    },
    overall: () =>
      together(
        each.map((metrics) => scoreRecord(metrics.compute({ over: 'images' }))),
        classes,
      ),
    perImage() {
      const images = each.map((metrics) => metrics.perImage());
      return images[0]!.map(({ id }, i) => ({
        id,
        scores: together(
          images.map((own) => scoreRecord(own[i]!)),
          classes,
        ),
      }));
    },
  };
}
