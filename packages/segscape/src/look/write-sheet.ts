import { writeFile } from 'node:fs/promises';
import { SegscapeError } from '@segscape/core';
import type { Dataset } from '@segscape/data';
import { encodePng } from '@segscape/report';
import { contactSheet } from './contact-sheet.js';

/** A contact sheet as a PNG; nothing that is there is overwritten. */
export async function writeSheet(where: string, path: string, dataset: Dataset): Promise<void> {
  const bytes = encodePng(await contactSheet(dataset));
  await writeFile(path, bytes, { flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'EEXIST' ? 'it exists already' : cause.message;
    throw new SegscapeError(
      'NOT_WRITABLE',
      `${where}: '${path}' cannot be written: ${why}. Choose another --sheet.`,
      { details: { path }, cause },
    );
  });
}
