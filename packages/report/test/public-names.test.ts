import { expect, test } from 'vitest';

test('public names', async () => {
  expect(Object.keys(await import('../src/index.js')).sort()).toMatchInlineSnapshot(`
    [
      "classColours",
      "colourise",
      "compareRuns",
      "comparedTitle",
      "csvCell",
      "curvesByMeasure",
      "curvesOf",
      "curvesSvg",
      "differenceMap",
      "encodePng",
      "figuresOfRun",
      "intervalsSvg",
      "latexTable",
      "lossColours",
      "mapSvg",
      "methodsParagraph",
      "outlineMask",
      "packValues",
      "packedRange",
      "percentileRange",
      "reliabilitySvg",
      "reportHtml",
      "surfacePairSvg",
      "surfaceSvg",
      "toRgb",
      "unpackValues",
    ]
  `);
  expect(Object.keys(await import('../src/page/index.js')).sort()).toMatchInlineSnapshot(`
    [
      "mountCurves",
      "mountPictures",
      "mountPlayer",
      "mountProfiles",
      "mountSurface",
      "mountTerrain",
      "valuesAt",
    ]
  `);
  expect(Object.keys(await import('../src/pdf.js')).sort()).toMatchInlineSnapshot(`
    [
      "svgToPdf",
    ]
  `);
  expect(Object.keys(await import('../src/png.js')).sort()).toMatchInlineSnapshot(`
    [
      "svgToPng",
    ]
  `);
});
