/** `data` of a config. */
export type DataConfig = { readonly kind: string; readonly [option: string]: unknown };
