/** A surface as a lit sheet, seen from an angle: drawn by hand on a plain canvas, so that no library need be loaded. */
export interface TerrainView {
  /** Turn about the upright axis, in radians. */
  readonly turn: number;
  /** How far from above one looks, in radians: 0 from the side, π/2 from above. */
  readonly tilt: number;
}

export interface TerrainData {
  readonly columns: number;
  readonly rows: number;
  /** Heights from 0 to 1, `[rows, columns]`; NaN leaves a hole. */
  readonly heights: ArrayLike<number>;
  /** CSS colour of a height. */
  readonly colour: (height: number) => string;
}

interface Corner {
  readonly x: number;
  readonly y: number;
  readonly depth: number;
}

/** Turns a place of the unit cube about the upright axis, then tilts it to the eye. */
function seen({ turn, tilt }: TerrainView, u: number, v: number, height: number): Corner {
  const [x, y] = [u - 0.5, v - 0.5];
  const across = x * Math.cos(turn) - y * Math.sin(turn);
  const away = x * Math.sin(turn) + y * Math.cos(turn);
  const up = (height - 0.5) * 0.7;
  return {
    x: across,
    y: -(up * Math.cos(tilt) + away * Math.sin(tilt)),
    depth: away * Math.cos(tilt) - up * Math.sin(tilt),
  };
}

/** Draws the sheet from back to front (painter's algorithm); `mark` is a place in [0, 1]² that gets a dot. */
export function drawTerrain(
  canvas: HTMLCanvasElement,
  data: TerrainData,
  view: TerrainView,
  mark?: readonly [number, number, number],
): void {
  const context = canvas.getContext('2d')!;
  const { width, height } = canvas;
  const size = Math.min(width, height * 1.25) * 0.6;
  const place = (corner: Corner): [number, number] => [
    width / 2 + corner.x * size,
    height / 2 + corner.y * size,
  ];
  const { columns, rows, heights, colour } = data;
  const corner = (row: number, column: number) =>
    seen(view, column / (columns - 1), row / (rows - 1), heights[row * columns + column]!);
  const cells: { readonly depth: number; readonly mean: number; readonly corners: Corner[] }[] = [];
  for (let row = 0; row < rows - 1; row++)
    for (let column = 0; column < columns - 1; column++) {
      const at = [
        [row, column],
        [row, column + 1],
        [row + 1, column + 1],
        [row + 1, column],
      ] as const;
      const values = at.map(([r, c]) => heights[r * columns + c]!);
      if (!values.every(Number.isFinite)) continue;
      const corners = at.map(([r, c]) => corner(r, c));
      const mean = values.reduce((sum, value) => sum + value, 0) / 4;
      cells.push({ depth: corners.reduce((sum, { depth }) => sum + depth, 0), mean, corners });
    }
  context.clearRect(0, 0, width, height);
  context.lineJoin = 'round';
  for (const { mean, corners } of cells.sort((a, b) => b.depth - a.depth)) {
    context.beginPath();
    for (const [x, y] of corners.map(place)) context.lineTo(x, y);
    context.closePath();
    context.fillStyle = colour(mean);
    context.strokeStyle = 'rgba(255,255,255,0.25)';
    context.fill();
    context.stroke();
  }
  if (!mark) return;
  const [x, y] = place(seen(view, ...mark));
  context.beginPath();
  context.arc(x, y, 6, 0, 2 * Math.PI);
  context.fillStyle = '#fff';
  context.strokeStyle = '#1c2330';
  context.lineWidth = 3;
  context.stroke();
  context.fill();
  context.lineWidth = 1;
}
