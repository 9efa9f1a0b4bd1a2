import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SegscapeError, type Storage } from '@segscape/core';
import { fsStorage } from '@segscape/runs/node';

/** Either is written before anything else of a run. */
const marks = ['config.yaml', 'manifest.json'] as const;

/**
 * The files of a run that a command was given.
 * @throws {SegscapeError} `NOT_FOUND` that names the folder when it holds no run.
 */
export function runStorage(command: string, folder: string): Storage {
  const path = resolve(folder);
  if (!marks.some((mark) => existsSync(join(path, mark))))
    throw new SegscapeError(
      'NOT_FOUND',
      `${command}: '${folder}' ${existsSync(path) ? 'holds no run (there is no config.yaml)' : 'does not exist'}. Give the folder that 'segscape run' made.`,
      { details: { path } },
    );
  return fsStorage(path);
}
