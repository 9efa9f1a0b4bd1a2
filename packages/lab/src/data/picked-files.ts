/** A file with its path below what was picked or dropped. */
export interface PathFile {
  readonly file: File;
  readonly path: string;
}

const fileOf = (entry: FileSystemFileEntry) =>
  new Promise<File>((resolve, reject) => entry.file(resolve, reject));

/** A directory tells its entries in parts, until one is empty. */
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (part.length === 0) return all;
    all.push(...part);
  }
}

async function* walk(entry: FileSystemEntry, folder: string): AsyncGenerator<PathFile> {
  const path = folder + entry.name;
  if (entry.isFile) yield { file: await fileOf(entry as FileSystemFileEntry), path };
  else for (const inner of await entriesOf(entry as FileSystemDirectoryEntry)) yield* walk(inner, `${path}/`);
}

/** Every file that was dropped, those of dropped folders too. */
export async function droppedFiles({ items }: DataTransfer): Promise<PathFile[]> {
  // The list is empty as soon as the event's own turn is over. What is no file of a disk has no entry.
  const all = [...items];
  const entries = all.flatMap((item) => item.webkitGetAsEntry() ?? []);
  const files: PathFile[] =
    entries.length > 0
      ? []
      : all.flatMap((item) => item.getAsFile() ?? []).map((file) => ({ file, path: file.name }));
  for (const entry of entries) for await (const file of walk(entry, '')) files.push(file);
  return files;
}

const zip = /\.zip$/i;

async function contentOf(file: File): Promise<Readonly<Record<string, Uint8Array>>> {
  const { unzipSync } = await import('fflate');
  try {
    return unzipSync(new Uint8Array(await file.arrayBuffer()));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `'${file.name}' is not a zip that can be read (${why}). Zip the folder again, or choose the folder itself.`,
      { cause },
    );
  }
}

/** The files of zips among the files, in their place. */
export async function unzipped(files: readonly PathFile[]): Promise<PathFile[]> {
  const all: PathFile[] = [];
  for (const { file, path } of files) {
    if (!zip.test(file.name)) {
      all.push({ file, path });
      continue;
    }
    for (const [name, bytes] of Object.entries(await contentOf(file))) {
      // Some programs of Windows part folders by its own sign.
      const inner = name.replaceAll('\\', '/');
      if (!inner.endsWith('/'))
        all.push({
          file: new File([bytes as Uint8Array<ArrayBuffer>], inner.split('/').pop()!),
          path: `${path.replace(zip, '')}/${inner}`,
        });
    }
  }
  return all;
}
