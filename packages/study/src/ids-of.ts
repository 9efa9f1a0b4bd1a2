import type { Dataset } from '@segscape/data';

/** The ids of all samples; read from them where the dataset does not say. */
export async function idsOf(dataset: Dataset): Promise<readonly string[]> {
  if (dataset.ids) return dataset.ids;
  const ids: string[] = [];
  for (let i = 0; i < dataset.length; i++) ids.push((await dataset.get(i)).id);
  return ids;
}
