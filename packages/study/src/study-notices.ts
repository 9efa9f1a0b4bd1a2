import { augmentationNotices } from './augmentation-notices.js';
import { pointless } from './config/pointless.js';
import type { StudyConfig } from './config/schema.js';
import { pixelTypesIn, typeNotices } from './pixel-types.js';
import { selectionNotices } from './plan/selection.js';
import type { Setup } from './setup.js';
import { splitNotices } from './split-notices.js';
import { unscaledNotices } from './unscaled-images.js';

/** What a user should know of a study before it trains. */
export async function* studyNotices(config: StudyConfig, setup: Setup): AsyncGenerator<string> {
  yield* pointless(config);
  yield* splitNotices(setup);
  yield* selectionNotices(config, setup);
  yield* augmentationNotices(config, await setup.train.get(0));
  const { train, validation, test, unscaled, folds, pixelTypes, preprocessing } = setup;
  const types = await pixelTypesIn(
    folds.map((fold) => fold.train),
    pixelTypes,
  );
  yield* typeNotices(types, preprocessing.normalize ?? 'scale');
  yield* unscaledNotices(unscaled, train.length + validation.length + test.length);
}
