import { type Raster, random } from '@segscape/core';

/** A round object. */
export function disc(side: number, cx: number, cy: number, radius: number): Raster {
  const data = new Uint8Array(side * side);
  for (let i = 0; i < data.length; i++)
    data[i] = Number(Math.hypot((i % side) - cx, Math.floor(i / side) - cy) < radius);
  return { data, height: side, width: side, channels: 1 };
}

/** Something like a photograph of the back of an eye. */
export function fundus(side: number, cx: number, cy: number, seed: number): Raster {
  const rng = random(seed);
  const data = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const edge = Math.max(0, 1 - (Math.hypot(x - side / 2, y - side / 2) / (side * 0.56)) ** 6);
      const bright = 1 / (1 + Math.exp((Math.hypot(x - cx, y - cy) - side * 0.17) / 2));
      const vessel = Math.exp(-(((y - cy - 14 * Math.sin((x - cx) / 17)) / 2.5) ** 2)) * 0.35;
      const noise = 0.03 * rng.normal();
      const colour = [0.62 + 0.36 * bright, 0.27 + 0.5 * bright, 0.1 + 0.28 * bright];
      colour.forEach((value, c) => {
        const shade = edge * (value - vessel * [0.35, 0.55, 0.2][c]! + noise);
        data[(y * side + x) * 3 + c] = Math.max(0, Math.min(255, Math.round(255 * shade)));
      });
    }
  return { data, height: side, width: side, channels: 3 };
}
