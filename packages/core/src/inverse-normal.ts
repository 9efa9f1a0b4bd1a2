/**
 * Natural logarithm from the four basic operations alone, for x in (0, 1]: engines differ in `Math.log`,
 * and a seed must give the same bits everywhere. Reduces to m·2^e with m in [√½, √2), then the series of
 * atanh; relative error below 1e-15.
 */
function portableLog(x: number): number {
  let exponent = 0;
  while (x < Math.SQRT1_2) {
    x *= 2;
    exponent--;
  }
  const s = (x - 1) / (x + 1);
  const s2 = s * s;
  let term = 0;
  for (let k = 23; k >= 1; k -= 2) term = term * s2 + 1 / k;
  return exponent * Math.LN2 + 2 * s * term;
}

const ratio = (r: number, above: readonly number[], below: readonly number[]) => {
  let n = 0;
  let d = 0;
  for (let i = above.length - 1; i >= 0; i--) n = n * r + above[i]!;
  for (let i = below.length - 1; i >= 0; i--) d = d * r + below[i]!;
  return n / d;
};

// Coefficients of AS 241's PPND16, lowest power first.
const A = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
  67265.7709270087, 33430.57558358813, 2509.0809287301227,
];
const B = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
  28729.085735721943, 5226.495278852546,
];
const C = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
  0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
];
const D = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
  0.0005475938084995345, 1.0507500716444169e-9,
];
const E = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
  0.0012426609473880784, 0.000027115555687434876, 2.0103343992922881e-7,
];
const F = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
  0.000018463183175100548, 1.421511758316446e-7, 2.0442631033899397e-15,
];

/**
 * Inverse of the standard normal distribution function, for p in (0, 1).
 * @see Wichura, Algorithm AS 241, Applied Statistics 37, 1988: relative accuracy about 1e-16.
 */
export function inverseNormal(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(0.180625 - q * q, A, B);
  const r = Math.sqrt(-portableLog(q < 0 ? p : 1 - p));
  const x = r <= 5 ? ratio(r - 1.6, C, D) : ratio(r - 5, E, F);
  return q < 0 ? -x : x;
}
