import { cachedDataset, type Dataset } from '@segscape/data';
import type { DataConfig } from './data-config.js';
import { labRegistry } from './lab-registry.js';

/** The newest datasets with what was read of them: a photograph takes a second or two to decode. */
const known = new Map<string, Promise<Dataset>>();
const most = 2;

/** What a config's `data` names. */
export const madeDataset = async ({ kind, ...options }: DataConfig): Promise<Dataset> =>
  labRegistry.data[kind]!(options);

/** What a config's `data` names; read once, however often it is looked at. */
export function datasetOf(config: DataConfig): Promise<Dataset> {
  const key = JSON.stringify(config);
  const there = known.get(key);
  if (there) return there;
  const made = madeDataset(config).then(cachedDataset);
  // One that cannot be made is tried again.
  made.catch(() => known.delete(key));
  const [oldest] = known.keys();
  if (oldest !== undefined && known.size >= most) known.delete(oldest);
  known.set(key, made);
  return made;
}
