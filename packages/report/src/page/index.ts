/**
 * The interactive parts of the report for other pages, without a framework: each is mounted into an element, shows other
 * data by `update`, and ends by `dispose`.
 *
 *     import { mountSurface } from '@segscape/report/page';
 *
 *     const part = mountSurface(element, { grid: surface, label: 'Dice', onPick: (x, y) => predictAt(x, y) });
 *     part.update({ grid: later, label: 'Dice' });
 *     part.dispose();
 *
 * They style themselves by a constructed sheet, evaluate nothing and fetch nothing: the strictest policy lets them be.
 *
 * @module
 */

export type { BrowserPicture } from './browser-picture.js';
export { type CurvesData, mountCurves } from './curves.js';
export { valuesAt } from './interpolated.js';
export type { MapScale } from './map-scales.js';
export type { Mount, Mounted } from './mounted.js';
export { mountPictures, type PicturesData } from './pictures.js';
export {
  mountPlayer,
  type PlayerData,
  type PlayerMoment,
  type PlayerPanel,
  type PlayerPath,
} from './player.js';
export { mountProfiles, type ProfilesData } from './profiles.js';
export type { View } from './projection.js';
export { mountSurface, type PlanePoint, type SurfaceData } from './surface.js';
export { mountTerrain, type TerrainData } from './terrain.js';
