/**
 * Figures and the self-contained HTML report of a study.
 *
 *     import { reportHtml } from '@segscape/report';
 *
 *     await storage.write('report.html', await reportHtml(storage));
 *
 * @module
 */
export { type ColouriseOptions, colourise } from './pictures/colourise.js';
export { classColours, lossColours, type Scheme } from './pictures/colours.js';
export { differenceMap, outlineMask } from './pictures/masks.js';
export { encodePng } from './pictures/png.js';
export { toRgb } from './pictures/rgb.js';
