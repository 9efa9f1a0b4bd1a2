import { assertKnown } from '@segscape/core';
import type { Surface } from '../grids/surface.js';
import { valuesOf } from '../grids/values-of.js';

export interface VtpOptions {
  /** Loss that becomes the height. Default the first. */
  readonly height?: string;
  /** Losses above it are cut to it, so that one peak does not flatten the rest. Default none. */
  readonly maximum?: number;
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/**
 * A surface as VTK's XML polygons, for ParaView: a mesh of quadrilaterals with every loss as point data. Points that
 * are not finite take no part in a polygon and have NaN as their value.
 *
 * @param surface of `surface`.
 * @param options which loss is the height, and where it is cut.
 * @returns the text of a `.vtp` file.
 * @throws {SegscapeError} `BAD_OPTION` when there is no such loss, `SHAPE_MISMATCH` for values that do not fill the axes.
 */
export function toVtp(surface: Surface, options: VtpOptions = {}): string {
  assertKnown('toVtp', options, ['height', 'maximum']);
  const { x, y, values } = surface;
  const { height = Object.keys(values)[0] ?? '', maximum = Number.POSITIVE_INFINITY } = options;
  const z = valuesOf('toVtp', surface, height, 'height');
  const finite = (i: number) => Number.isFinite(z[i]);
  const points: string[] = [];
  const polygons: string[] = [];
  y.forEach((yValue, row) => {
    x.forEach((xValue, column) => {
      const i = row * x.length + column;
      points.push(`${xValue} ${yValue} ${finite(i) ? Math.min(z[i]!, maximum) : 0}`);
      const corners = [i, i + 1, i + 1 + x.length, i + x.length];
      if (row + 1 < y.length && column + 1 < x.length && corners.every(finite))
        polygons.push(corners.join(' '));
    });
  });
  const array = (type: string, attributes: string, lines: readonly unknown[]) =>
    `<DataArray type="${type}" ${attributes} format="ascii">\n${lines.join('\n')}\n</DataArray>`;
  const data = Object.entries(values).map(([name, grid]) =>
    array(
      'Float32',
      `Name="${escaped(name)}"`,
      Array.from(grid, (value) => (Number.isFinite(value) ? value : 'nan')),
    ),
  );
  return `<?xml version="1.0"?>
<VTKFile type="PolyData" version="0.1" byte_order="LittleEndian">
<PolyData>
<Piece NumberOfPoints="${points.length}" NumberOfVerts="0" NumberOfLines="0" NumberOfStrips="0" NumberOfPolys="${polygons.length}">
<PointData Scalars="${escaped(height)}">
${data.join('\n')}
</PointData>
<Points>
${array('Float64', 'NumberOfComponents="3"', points)}
</Points>
<Polys>
${array('Int32', 'Name="connectivity"', polygons)}
${array(
  'Int32',
  'Name="offsets"',
  polygons.map((_, i) => 4 * (i + 1)),
)}
</Polys>
</Piece>
</PolyData>
</VTKFile>
`;
}
