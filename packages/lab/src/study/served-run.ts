import { SegscapeError, type Storage } from '@segscape/core';

/** What `segscape lab RUN` says of the folder that it serves. */
interface ServedRun {
  readonly name: string;
  readonly files: readonly string[];
}

const refused = async (): Promise<never> => {
  throw new SegscapeError('NOT_WRITABLE', 'The run that the command line serves can only be read.');
};

/** The run folder that `segscape lab RUN` serves beside the page, read-only. */
export async function servedRun(): Promise<{ readonly name: string; readonly storage: Storage }> {
  // The worker lies in `assets/`, the run beside the page.
  const base = new URL(/* @vite-ignore */ '../', import.meta.url);
  const answer = await fetch(new URL('run.json', base), { cache: 'no-store' });
  if (!answer.ok)
    throw new SegscapeError('NOT_FOUND', 'No run is served here. Start the lab by: segscape lab RUN');
  const { name, files } = (await answer.json()) as ServedRun;
  const storage: Storage = {
    async read(path) {
      const encoded = path.split('/').map(encodeURIComponent).join('/');
      const response = files.includes(path)
        ? await fetch(new URL(`run/${encoded}`, base), { cache: 'no-store' })
        : undefined;
      if (!response?.ok)
        throw new SegscapeError('NOT_FOUND', `The served run has no '${path}'.`, { details: { path } });
      return new Uint8Array(await response.arrayBuffer());
    },
    list: async (folder) => {
      const prefix = folder === '' ? '' : `${folder.replace(/\/+$/, '')}/`;
      return files.filter((path) => path.startsWith(prefix)).sort();
    },
    write: refused,
    append: refused,
    remove: refused,
  };
  return { name, storage };
}
