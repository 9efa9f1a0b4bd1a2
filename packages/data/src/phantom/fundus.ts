import type { Raster, Rng } from '@segscape/core';
import { direction, fractalNoise, smoothStep } from './noise.js';
import { drawVessels } from './vessels.js';

interface Spot {
  readonly y: number;
  readonly x: number;
  readonly radius: number;
  readonly strength: number;
}

/** Groups of small bright spots away from the disc, and here and there one nearly as large and pale as a disc. */
function exudates(height: number, width: number, centre: readonly number[], unit: number, rng: Rng): Spot[] {
  const spots: Spot[] = [];
  const groups = rng.integer(0, 4);
  for (let g = 0; g < groups; g++) {
    const [y, x] = [rng.uniform() * height, rng.uniform() * width];
    if ((y - centre[0]!) ** 2 + (x - centre[1]!) ** 2 < (1.7 * unit) ** 2) continue;
    const count = rng.integer(3, 14);
    for (let i = 0; i < count; i++)
      spots.push({
        y: y + 0.35 * unit * rng.normal(),
        x: x + 0.35 * unit * rng.normal(),
        radius: unit * (0.04 + 0.1 * rng.uniform()),
        strength: 0.5 + 0.5 * rng.uniform(),
      });
    if (rng.uniform() < 0.35)
      spots.push({ y, x, radius: unit * (0.3 + 0.25 * rng.uniform()), strength: 0.45 + 0.3 * rng.uniform() });
  }
  return spots;
}

function drawSpots(height: number, width: number, spots: readonly Spot[]): Float64Array {
  const map = new Float64Array(height * width);
  for (const { y, x, radius, strength } of spots) {
    const reach = Math.ceil(radius * 1.4 + 1);
    for (let i = Math.max(0, Math.floor(y - reach)); i <= Math.min(height - 1, y + reach); i++)
      for (let j = Math.max(0, Math.floor(x - reach)); j <= Math.min(width - 1, x + reach); j++) {
        const distance = Math.sqrt((i - y) ** 2 + (j - x) ** 2);
        const value = strength * smoothStep(radius * 1.25 + 0.5, radius * 0.75, distance);
        if (value > map[i * width + j]!) map[i * width + j] = value;
      }
  }
  return map;
}

export interface FundusOptions {
  readonly height: number;
  readonly width: number;
  /** Label the cup as a third class. */
  readonly cup: boolean;
}

/**
 * A fundus photograph that never was: retina with choroidal mottling, disc (about a tenth of the pixels) with cup and
 * soft rim, arcades of vessels, macula, bright lesions, uneven light, a round field of view and sensor noise. Only
 * arithmetic that is the same in every engine decides geometry and colours.
 */
export function fundus({ height, width, cup }: FundusOptions, rng: Rng): { image: Raster; mask: Raster } {
  const area = 0.1 * (0.8 + 0.4 * rng.uniform());
  const unit = Math.sqrt((area * height * width) / Math.PI);
  const place = (n: number) => n * (0.36 + 0.28 * rng.uniform());
  const centre = [place(height), place(width)] as const;
  const side = rng.uniform() < 0.5 ? -1 : 1;
  const [axisY, axisX] = direction(rng);
  const stretch = Math.sqrt(1 + 0.18 * rng.uniform());
  const cupRatio = 0.32 + 0.28 * rng.uniform();
  const cupShift = [0.1 * (rng.uniform() - 0.5), side * 0.12 * rng.uniform()] as const;
  const rimSoftness = 0.06 + 0.1 * rng.uniform();
  const macula = [
    centre[0] + 0.4 * unit * rng.uniform(),
    centre[1] + side * unit * (3 + rng.uniform()),
  ] as const;
  const light = direction(rng);
  const tilt = 0.1 + 0.16 * rng.uniform();
  const exposure = 0.85 + 0.3 * rng.uniform();
  const [red, green, blue] = [
    0.66 + 0.12 * rng.uniform(),
    0.27 + 0.1 * rng.uniform(),
    0.1 + 0.07 * rng.uniform(),
  ];
  const pallor = 0.75 + 0.3 * rng.uniform();
  const grain = 0.012 + 0.014 * rng.uniform();

  const mottling = fractalNoise(rng.fork('mottling'), 4);
  const outline = fractalNoise(rng.fork('outline'), 2);
  const vessels = drawVessels(height, width, centre, unit, side, rng.fork('vessels'));
  const bright = drawSpots(height, width, exudates(height, width, centre, unit, rng.fork('exudates')));
  const sensor = rng.fork('sensor');

  const data = new Uint8Array(height * width * 3);
  const labels = new Uint8Array(height * width);
  const field = 0.53 * Math.sqrt(height * width);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++) {
      const [v, u] = [(y - centre[0]) / unit, (x - centre[1]) / unit];
      // Distance in an ellipse along the random axis, its outline made uneven: 1 on the border of the disc.
      const along = (v * axisY + u * axisX) / stretch;
      const across = (v * axisX - u * axisY) * stretch;
      const uneven = 0.07 * outline(v * 1.1 + 9, u * 1.1 + 9);
      const distance = Math.sqrt(along * along + across * across) + uneven;
      const [cv, cu] = [(v - cupShift[0]) / cupRatio, (u - cupShift[1]) / (cupRatio * 0.92)];
      const cupDistance = Math.sqrt(cv * cv + cu * cu) + 2 * uneven;
      if (distance < 1) labels[at] = cup && cupDistance < 1 ? 2 : 1;

      const [fy, fx] = [y - (height - 1) / 2, x - (width - 1) / 2];
      const radial = Math.sqrt(fy * fy + fx * fx) / field;
      const falloff = 1 - 0.42 * radial * radial;
      const gradient = 1 + (tilt * (fy * light[0] + fx * light[1])) / field;
      const illumination = exposure * falloff * gradient * smoothStep(1.1, 1.06, radial);

      const fine = mottling((3.2 * v) / 2, (3.2 * u) / 2);
      const spot = Math.sqrt((y - macula[0]) ** 2 + (x - macula[1]) ** 2) / unit;
      const dim = 1 - 0.38 * smoothStep(1.5, 0.1, spot);
      const halo = 0.1 * smoothStep(1.7, 0.95, distance);
      let r = red * dim * (1 + 0.16 * fine) + halo;
      let g = green * dim * (1 + 0.3 * fine) + 0.7 * halo;
      let b = blue * dim * (1 + 0.3 * fine) + 0.3 * halo;

      const disc = smoothStep(1 + rimSoftness, 1 - rimSoftness, distance) * pallor;
      const inner = smoothStep(1.25, 0.7, cupDistance);
      r += disc * (0.9 + 0.06 * inner - r);
      g += disc * (0.56 + 0.24 * inner + 0.06 * fine - g);
      b += disc * (0.26 + 0.26 * inner + 0.06 * fine - b);

      const lesion = bright[at]!;
      r += lesion * (0.93 - r);
      g += lesion * (0.78 - g);
      b += lesion * (0.38 - b);

      const shade = vessels.shade[at]! * (1 - 0.25 * disc);
      const shine = vessels.reflex[at]!;
      r *= 1 - 0.42 * shade + 0.12 * shine;
      g *= 1 - 0.62 * shade + 0.2 * shine;
      b *= 1 - 0.5 * shade + 0.1 * shine;

      for (const [c, value] of [r, g, b].entries()) {
        const noisy = value * illumination + grain * sensor.normal();
        data[3 * at + c] = Math.round(255 * Math.min(1, Math.max(0, noisy)));
      }
    }
  return {
    image: { data, height, width, channels: 3 },
    mask: { data: labels, height, width, channels: 1 },
  };
}
