/** The first of many names, and how many more there are. */
export const fewOf = (names: readonly string[], shown: number): string =>
  `${names.slice(0, shown).join(', ')}${names.length > shown ? ` and ${names.length - shown} more` : ''}`;
