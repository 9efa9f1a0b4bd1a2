import { allFiles, type FolderSource, type NamedFile } from './folder-source.js';

/** DICOM files end so, or in nothing at all, or are called by their unique identifier. */
const slice = /(\.(dcm|dicom|ima)|^[^.]+|^[\d.]+)$/i;

const fileName = ({ name }: NamedFile) =>
  name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);

/** The name of a source's own folder. */
function ownName(source: FolderSource): string {
  const [first] = typeof source === 'string' ? [source] : source;
  const path = typeof first === 'string' ? first : (first?.webkitRelativePath ?? '');
  const parts = path.split(/[/\\]/).filter(Boolean);
  return (typeof source === 'string' ? parts.at(-1) : parts.length > 1 ? parts[0] : undefined) ?? 'series';
}

/**
 * The images of a folder and all folders below it, where the DICOM files of a folder are the slices of one volume, which
 * is called by the folder's path; other image files are images by themselves.
 */
export async function seriesFiles(source: FolderSource): Promise<NamedFile[]> {
  const files = await allFiles(source, true);
  const byFolder = new Map<string, NamedFile[]>();
  const others: NamedFile[] = [];
  for (const file of files) {
    const name = fileName(file);
    if (!slice.test(name)) {
      if (file.ending !== '') others.push(file);
    } else if (name.toUpperCase() !== 'DICOMDIR')
      byFolder.set(file.folder, [...(byFolder.get(file.folder) ?? []), file]);
  }
  const root = ownName(source);
  const volumes = [...byFolder].map(([folder, slices]): NamedFile => {
    const [first] = slices as [NamedFile];
    const place = folder === '' ? root : folder;
    const [stem, name] = [place.slice(place.lastIndexOf('/') + 1), `${place} (${slices.length} slices)`];
    const above = place.slice(0, Math.max(0, place.lastIndexOf('/')));
    return {
      stem,
      ending: '.dcm',
      folder: above,
      source: first.source,
      name,
      slices: slices.map((one) => one.source),
    };
  });
  return [...volumes, ...others];
}
