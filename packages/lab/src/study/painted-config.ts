import type { DataConfig } from './data-config.js';

/** `data` of a config: pictures of other data with masks that were painted in this browser. */
export interface PaintedConfig extends DataConfig {
  readonly kind: 'painted';
  readonly of: DataConfig;
  /** Where the painted masks are kept. */
  readonly folder: string;
  /** So many. */
  readonly count: number;
}

export const isPainted = (config: DataConfig): config is PaintedConfig => config.kind === 'painted';

/** Where the pictures come from. */
export const sourceOf = (config: DataConfig): DataConfig => (isPainted(config) ? config.of : config);
