const mostTicks = 20;

/** Between 1 and 20, whatever is asked for. */
const wantedTicks = (count: number) => (count >= 1 ? Math.min(mostTicks, Math.floor(count)) : 1);

const within = (ticks: readonly number[], low: number, high: number): number[] => [
  ...new Set(ticks.map((tick) => Math.max(low, Math.min(high, tick)))),
];

/**
 * Steps of 1, 2 or 5 times a power of ten that give about `count` ticks (1 to 20), rising, between the ends in either order.
 * Total: ends that are not finite have no ticks; where no such step lies between them (they are a few ulp apart), the ends
 * are the ticks.
 */
export function linearTicks(from: number, to: number, count = 5): number[] {
  if (!Number.isFinite(from) || !Number.isFinite(to)) return [];
  const [low, high] = from <= to ? [from, to] : [to, from];
  if (low === high) return [low];
  const wanted = wantedTicks(count);
  // Divided first: the difference of two huge ends is no number.
  const raw = high / wanted - low / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= raw * 0.999) ?? 10) * power;
  const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)];
  const size = Math.max(Math.abs(low), Math.abs(high));
  const resolved = step > size * 1e-12 && Number.isFinite(step) && last - first <= 2 * mostTicks;
  if (!resolved || first > last) return [low, high];
  const ticks = Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(14)),
  );
  return within(ticks, low, high);
}

/**
 * Powers of ten, with their 2 and 5 between where there is room, rising, between the ends in either order. Total: without a
 * finite positive end there are no ticks; an end that is not positive counts as a millionth of the other.
 */
export function logTicks(from: number, to: number, count = 5): number[] {
  const high = Math.max(from, to);
  const least = Math.min(from, to);
  if (!Number.isFinite(least) || !Number.isFinite(high) || high <= 0) return [];
  const low = least > 0 ? least : Math.max(high / 1e6, Number.MIN_VALUE);
  const wanted = wantedTicks(count);
  const decades = Math.log10(high) - Math.log10(low);
  const factors = decades < wanted / 3 ? [1, 2, 5] : decades < wanted / 1.5 ? [1, 3] : [1];
  const every = Math.max(1, Math.ceil(decades / (wanted + 1)));
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    for (const factor of factors) {
      const tick = Number((factor * 10 ** power).toPrecision(12));
      if (power % every === 0 && tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push(tick);
    }
  const inside = within(ticks, low, high);
  return inside.length >= 2 ? inside : linearTicks(low, high, wanted).filter((tick) => tick > 0);
}
