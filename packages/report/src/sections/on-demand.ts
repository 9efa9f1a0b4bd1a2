/** Sections that are loaded when a report is made: a page that only draws figures does not carry them. */

export { dataSheetSection } from './data-sheet.js';
export { filtersSection } from './filters.js';
export { gradientsSection } from './gradients.js';
export { linesSection } from './lines.js';
export { similaritySection } from './similarity.js';
export { stepsSection } from './steps.js';
