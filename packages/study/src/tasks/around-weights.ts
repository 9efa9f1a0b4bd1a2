/** All that is measured around the weights of trained networks, loaded together when a study comes to it. */

export { curvatureOf } from './curvature.js';
export { filterPictures } from './filter-pictures.js';
export { cosinesOf, forensicsOf } from './forensics.js';
export { similaritiesOf } from './similarity.js';
export { surfaceTrust } from './surface-trust.js';
export { weightChanges } from './weight-change.js';
