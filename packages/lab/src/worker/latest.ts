/**
 * Tells an answer to the last question from one that comes late.
 * @returns to be called with each question; what it returns says whether that question is still the last.
 */
export function latest(): () => () => boolean {
  let last = 0;
  return () => {
    const question = ++last;
    return () => question === last;
  };
}
