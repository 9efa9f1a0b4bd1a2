import type { MaterialFact } from '../facts.js';

/** What the images of a study are made of. */
export const pixelsOf = ({ sizes }: Pick<MaterialFact, 'sizes'>): 'pixels' | 'voxels' =>
  sizes.largest.length === 3 ? 'voxels' : 'pixels';
