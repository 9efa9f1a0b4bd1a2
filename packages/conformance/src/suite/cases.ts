import type { ConformanceCase } from './case.js';
import { dataCases } from './data/cases.js';
import { curvatureCases } from './landscape/curvature-cases.js';
import { directionCases } from './landscape/direction-cases.js';
import { gridCases } from './landscape/grid-cases.js';
import { matrixCases } from './landscape/matrix-cases.js';
import { lossCases } from './losses/cases.js';
import { metricCases } from './metrics/cases.js';
import { modelCases } from './models/cases.js';
import { convolutionCases } from './ops/convolution-cases.js';
import { elementwiseCases } from './ops/elementwise-cases.js';
import { largeCases } from './ops/large-cases.js';
import { poolingCases } from './ops/pooling-cases.js';
import { reductionCases } from './ops/reduction-cases.js';
import { shapeCases } from './ops/shape-cases.js';
import { optimizerCases } from './train/optimizer-cases.js';
import { trainingCases } from './train/training-cases.js';

/** Every case, in the order of the table. */
export const suite: readonly ConformanceCase[] = [
  ...lossCases,
  ...modelCases,
  ...metricCases,
  ...optimizerCases,
  ...trainingCases,
  ...gridCases,
  ...directionCases,
  ...curvatureCases,
  ...matrixCases,
  ...dataCases,
  ...convolutionCases,
  ...poolingCases,
  ...elementwiseCases,
  ...shapeCases,
  ...reductionCases,
  ...largeCases,
];
