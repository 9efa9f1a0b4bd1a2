/** So many of something: `1 image`, `2 images`, `1,000 parameters`. */
export const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
