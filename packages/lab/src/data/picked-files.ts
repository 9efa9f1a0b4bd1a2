/** A file with its path below what was picked or dropped. */
export interface PathFile {
  readonly file: File;
  readonly path: string;
}

export interface PickedFiles {
  readonly images: readonly File[];
  readonly masks: readonly File[];
}

/** Names of folders of masks, the plainest first: where there are several, the others are often something else. */
const maskFolders = [
  /^masks?$/i,
  /^(segmentations?|gt|ground.?truth|annotations?|targets?)$/i,
  /^(labels?|labelstr)$/i,
];
const imageFolder = /^(images?|imgs?|imagestr|inputs?|originals?|raw)$/i;
const maskName = /[_-](masks?|labels?|gt|seg(mentation)?)\.\w+$/i;

/**
 * Tells masks from images by the folders they lie in, else by the ending of their names. Where there is a folder of
 * images, other folders are passed over.
 */
export function parted(files: readonly PathFile[]): PickedFiles {
  const named = files.filter(({ file }) => !file.name.startsWith('.'));
  const within =
    (pattern: RegExp) =>
    ({ path }: PathFile) =>
      path
        .split('/')
        .slice(0, -1)
        .some((part) => pattern.test(part));
  const folder = maskFolders.find((pattern) => named.some(within(pattern)));
  const isMask = folder ? within(folder) : ({ file }: PathFile) => maskName.test(file.name);
  const others = named.filter((entry) => !isMask(entry));
  const inside = others.filter(within(imageFolder));
  return {
    images: (inside.length > 0 ? inside : others).map(({ file }) => file),
    masks: named.filter(isMask).map(({ file }) => file),
  };
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
  // The list is empty as soon as the event's own turn is over.
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const files: PathFile[] = [];
  for (const entry of entries) for await (const file of walk(entry, '')) files.push(file);
  return files;
}
