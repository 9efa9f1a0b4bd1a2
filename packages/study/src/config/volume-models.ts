import { SegscapeError } from '@segscape/core';
import { modelKinds } from '../kinds/model-kinds.js';
import type { StudyRegistry } from '../kinds/registry.js';
import type { StudyConfig } from './schema.js';

/** What makes a network one of volumes, in words; undefined of one for images. */
function volumetric({ kind, ...options }: StudyConfig['model']): string | undefined {
  if (kind === 'unet3d') return `model 'unet3d'`;
  for (const [key, value] of Object.entries(options)) {
    if ((key === 'patchSize' || key === 'spacing') && Array.isArray(value) && value.length === 3)
      return `model '${kind}' with a ${key} of three axes ([${value.join(', ')}])`;
    if (key === 'strides' && Array.isArray(value) && Array.isArray(value[0]) && value[0].length === 3)
      return `model '${kind}' with strides of three axes`;
    if (key === 'space' && value === '3d') return `model '${kind}' with space: '3d'`;
  }
  return undefined;
}

interface Given {
  /** Of a sample: height and width, of a volume with the depth before them. */
  readonly size: readonly number[];
  readonly overlapping: boolean;
}

/**
 * Refuses a network of volumes for images, and one of images for volumes. Networks of one's own are not judged: their options may
 * mean anything.
 * @throws {SegscapeError} `BAD_CONFIG` with what to give instead.
 */
export function assertModelFits(
  model: StudyConfig['model'],
  { models }: Pick<StudyRegistry, 'models'>,
  { size, overlapping }: Given,
): void {
  const refuse = (message: string) => {
    throw new SegscapeError('BAD_CONFIG', `config: ${message}`, {
      details: { option: 'model', value: model, size },
    });
  };
  const sizes = size.join(' × ');
  const isVolume = size.length === 3;
  if (isVolume && overlapping)
    refuse(
      `data.overlapping is of images, and the data are volumes (${sizes}). Leave it out, or give the slices as images.`,
    );
  if (Object.hasOwn(models, model.kind) && models[model.kind] !== modelKinds[model.kind]) return;
  const said = volumetric(model);
  if (isVolume && said === undefined)
    refuse(
      `the data are volumes (${sizes}), and model '${model.kind}' is a network of images. Give 'unet3d', or dynamicUnet or residualEncoderUnet with a patchSize of three axes.`,
    );
  if (!isVolume && said !== undefined)
    refuse(
      `${said} is a network of volumes, and the data are images (${sizes}). Give a network of images, 'unet' for instance; a folder of slices can be read as volumes.`,
    );
}
