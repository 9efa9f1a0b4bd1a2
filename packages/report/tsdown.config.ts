import { library } from '../testing/tsdown.ts';

export default library(
  { index: 'src/index.ts', pdf: 'src/pdf.ts', png: 'src/png.ts', 'page/index': 'src/page/index.ts' },
  { deps: { neverBundle: ['#page'] } },
);
