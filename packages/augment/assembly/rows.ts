// Eight lines at a time, wherever their values lie: taken into rows side by side, and put back where they came from.

/** Rows of eight lines side by side: 64 bytes. */
export const row: usize = 64;

/** Where lines begin, and whether the eight of a strip lie side by side. */
export let inner: usize = 0;
let length: usize = 0;
export let lineCount: i32 = 0;
let together: bool = false;
export let a: usize = 0;
export let b: usize = 0;
export let c: usize = 0;
export let d: usize = 0;
export let e: usize = 0;
export let f: usize = 0;
export let g: usize = 0;
export let h: usize = 0;

@inline
export function lay(outer: i32, n: i32, across: i32): void {
  inner = <usize>across;
  length = <usize>n;
  lineCount = outer * across;
}

@inline
function begin(line: i32): usize {
  const own = <usize>min(line, lineCount - 1);
  return ((own / inner) * length * inner + (own % inner)) << 3;
}

/** Turns to the eight lines from `first` on; a last group of fewer repeats its last one. */
export function turnTo(values: usize, first: i32): void {
  a = values + begin(first);
  b = values + begin(first + 1);
  c = values + begin(first + 2);
  d = values + begin(first + 3);
  e = values + begin(first + 4);
  f = values + begin(first + 5);
  g = values + begin(first + 6);
  h = values + begin(first + 7);
  together = <usize>(first % <i32>inner + 8) <= inner;
}

/** Takes one position, so many bytes along, of the eight lines into a row. */
@inline
export function takeRow(to: usize, at: usize): void {
  if (together) {
    v128.store(to, v128.load(a + at));
    v128.store(to, v128.load(a + at, 16), 16);
    v128.store(to, v128.load(a + at, 32), 32);
    v128.store(to, v128.load(a + at, 48), 48);
  } else {
    store<f64>(to, load<f64>(a + at));
    store<f64>(to, load<f64>(b + at), 8);
    store<f64>(to, load<f64>(c + at), 16);
    store<f64>(to, load<f64>(d + at), 24);
    store<f64>(to, load<f64>(e + at), 32);
    store<f64>(to, load<f64>(f + at), 40);
    store<f64>(to, load<f64>(g + at), 48);
    store<f64>(to, load<f64>(h + at), 56);
  }
}

/** Two values of neighbouring lines back to where they came from. */
@inline
export function put(sums: v128, first: usize, second: usize): void {
  if (together) v128.store(first, sums);
  else {
    v128.store64_lane(first, sums, 0);
    v128.store64_lane(second, sums, 1);
  }
}
