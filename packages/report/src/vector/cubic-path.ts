const tokens = /[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi;

/**
 * The same path with cubic curves in the place of quadratic ones, which PDF has none of: control points two thirds of the way
 * to the quadratic one.
 * @param d of an SVG path that resvg has simplified: absolute M, L, Q, C and Z.
 */
export function cubicPath(d: string): string {
  const all = d.match(tokens) ?? [];
  const parts: string[] = [];
  let [x, y, at] = [0, 0, 0];
  const next = () => Number(all[at++]);
  while (at < all.length) {
    const command = all[at++]!;
    if (command === 'Q') {
      const [cx, cy, toX, toY] = [next(), next(), next(), next()];
      const third = (from: number, control: number) => from + (2 * (control - from)) / 3;
      parts.push('C', ...[third(x, cx), third(y, cy), third(toX, cx), third(toY, cy), toX, toY].map(String));
      [x, y] = [toX, toY];
      continue;
    }
    parts.push(command);
    const count = command === 'M' || command === 'L' ? 2 : command === 'C' ? 6 : 0;
    for (let i = 0; i < count; i++) parts.push(String(next()));
    if (count > 0) [x, y] = [Number(parts[parts.length - 2]), Number(parts[parts.length - 1])];
  }
  return parts.join(' ');
}
