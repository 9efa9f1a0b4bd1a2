import type { Dataset } from '@segscape/data';
import { encodePng } from '@segscape/report';
import { writeNew } from '../new-file.js';
import { contactSheet } from './contact-sheet.js';

/** A contact sheet as a PNG; nothing that is there is overwritten. */
export async function writeSheet(where: string, path: string, dataset: Dataset): Promise<void> {
  const bytes = encodePng(await contactSheet(dataset));
  await writeNew([[path, bytes]], {
    where,
    advice: 'choose another --sheet',
    taken: 'cannot be written: it exists already',
  });
}
