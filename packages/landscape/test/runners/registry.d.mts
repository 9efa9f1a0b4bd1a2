import type { Objective } from '../../src/index.js';

declare const registry: Readonly<Record<'net' | 'root' | 'slow' | 'dies', (config: unknown) => Objective>>;
export default registry;
