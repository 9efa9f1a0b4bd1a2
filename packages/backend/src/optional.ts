/** An import that neither bundlers nor the type checker follow: these packages are often not there. */
export const optional = (specifier: string): Promise<Record<string, unknown>> =>
  import(/* @vite-ignore */ specifier);
