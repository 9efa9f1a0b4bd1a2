/** A share in words: `97 %`, `3.2 %`, `0.04 %`. */
export const percent = (share: number): string => {
  const hundred = 100 * share;
  return `${hundred >= 10 ? hundred.toFixed(0) : hundred >= 1 ? hundred.toFixed(1) : hundred.toPrecision(1)} %`;
};
