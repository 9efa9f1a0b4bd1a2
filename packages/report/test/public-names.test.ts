import { expect, test } from 'vitest';

test('public names', async () => {
  expect(Object.keys(await import('../src/index.js')).sort()).toMatchInlineSnapshot(`
    [
      "classColours",
      "colourise",
      "csvCell",
      "curvesByMeasure",
      "curvesOf",
      "curvesSvg",
      "differenceMap",
      "encodePng",
      "figuresOfRun",
      "intervalsSvg",
      "lossColours",
      "mapSvg",
      "outlineMask",
      "percentileRange",
      "reportHtml",
      "surfacePairSvg",
      "surfaceSvg",
      "toRgb",
    ]
  `);
  expect(Object.keys(await import('../src/png.js')).sort()).toMatchInlineSnapshot(`
    [
      "svgToPng",
    ]
  `);
});
