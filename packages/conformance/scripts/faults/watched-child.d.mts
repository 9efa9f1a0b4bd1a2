export interface Said {
  readonly name?: string;
  readonly tried?: number;
  readonly fault?: string;
  readonly formats?: readonly string[];
  readonly properties?: readonly string[];
}
export declare function watchedChild(
  script: string,
  args: readonly (string | number)[],
  options?: { readonly nodeArgs?: readonly string[]; readonly silent?: number },
): Promise<{
  readonly said: readonly Said[];
  readonly at: { readonly begins: string } | undefined;
  readonly ended: string | undefined;
}>;
