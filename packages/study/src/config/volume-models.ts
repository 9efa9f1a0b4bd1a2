import { modelKinds } from '../kinds/model-kinds.js';
import type { StudyRegistry } from '../kinds/registry.js';
import type { StudyConfig } from './schema.js';

/** Options that make a network one of volumes, in words; undefined of one for images. */
function volumetric({ kind, ...options }: StudyConfig['model']): { key: string; said: string } | undefined {
  if (kind === 'unet3d') return { key: 'kind', said: "model 'unet3d'" };
  for (const [key, value] of Object.entries(options)) {
    if ((key === 'patchSize' || key === 'spacing') && Array.isArray(value) && value.length === 3)
      return { key, said: `model '${kind}' with a ${key} of three axes ([${value.join(', ')}])` };
    if (key === 'space' && value === '3d') return { key, said: `model '${kind}' with space: '3d'` };
  }
  return undefined;
}

/**
 * What a config asks of volumes: a study reads, crops and draws images.
 * @param model of the config.
 * @param registry whose networks may be of one's own, with options of any meaning.
 * @returns the option that says so, and what to do instead; undefined where the network is one for images.
 */
export function volumeFault(
  model: StudyConfig['model'],
  { models }: Pick<StudyRegistry, 'models'>,
): { readonly key: string; readonly message: string } | undefined {
  if (Object.hasOwn(models, model.kind) && models[model.kind] !== modelKinds[model.kind]) return undefined;
  const found = volumetric(model);
  if (found === undefined) return undefined;
  const { key, said } = found;
  const instead =
    key === 'kind'
      ? "Give 'unet'"
      : key === 'space'
        ? "Leave it out, or give '2d'"
        : `Give two axes, [height, width]`;
  return {
    key,
    message: `${said} is a network of volumes, and a study is of images. ${instead}, and the slices as images; @segscape/models and @segscape/train by themselves take volumes.`,
  };
}
