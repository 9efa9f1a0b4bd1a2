import { SegscapeError } from '@segscape/core';
import { type Input, outputNames } from './inputs.js';
import type { Layer } from './layers.js';
import { maskFiles, maskFormatOf } from './mask-files.js';
import type { PictureFiles } from './pictures.js';
import { type PictureOptions, pictureFiles } from './pictures.js';
import type { MaskFiles } from './prediction-record.js';

/** What is written beside masks. */
export interface Wanted extends PictureOptions {
  /** Whether objects are numbered in files of their own. */
  readonly labelled: boolean;
  readonly volumes: boolean;
}

/** The files of the results of one image, by what they hold. */
export type OutputFiles = MaskFiles & PictureFiles;

/** What each image's results are called; the files of each. */
export interface Outputs {
  readonly names: ReadonlyMap<Input, string>;
  readonly files: ReadonlyMap<Input, OutputFiles>;
}

const listed = (files: string | Readonly<Record<string, string>> | undefined, what: string) =>
  typeof files === 'string'
    ? [{ file: files, what }]
    : Object.entries(files ?? {}).map(([label, file]) => ({ file, what: `${what} of '${label}'` }));

/** All files of one image with what each holds. */
function contents(files: OutputFiles): { readonly file: string; readonly what: string }[] {
  return [
    ...listed('mask' in files ? files.mask : files.masks, 'the mask'),
    ...listed(files.instances, 'the numbered objects'),
    ...listed(files.overlay, 'the overlay'),
    ...listed(files.probabilities, 'the probabilities'),
  ];
}

/** Paths below the folder of results. */
export const pathsOf = (files: OutputFiles): string[] => contents(files).map(({ file }) => file);

/** A class may be called as what is written beside a mask: `overlay`. File systems may ignore case. */
function assertDistinct(files: OutputFiles): void {
  const seen = new Map<string, string>();
  for (const { file, what } of contents(files)) {
    const other = seen.get(file.toLowerCase());
    if (other !== undefined)
      throw new SegscapeError(
        'BAD_OPTION',
        `predict: '${file}' would be both ${other} and ${what}. Ask for one of them, and for the other by another predict with another --out.`,
        { details: { file } },
      );
    seen.set(file.toLowerCase(), what);
  }
}

/**
 * Where the results of all images go, such that no two are written to one file.
 * @throws {SegscapeError} `BAD_OPTION` where names cannot be told apart.
 */
export function outputsOf(inputs: readonly Input[], layers: readonly Layer[], wanted: Wanted): Outputs {
  const { labelled, volumes } = wanted;
  const filesOf = (input: Input, name: string): OutputFiles => ({
    ...maskFiles(name, layers, maskFormatOf(input, volumes), labelled),
    ...pictureFiles(name, layers, wanted),
  });
  // What is appended to a name: of volumes, masks and numbered objects have one ending; of images, masks and pictures.
  const suffixes = pathsOf({
    ...maskFiles('', layers, maskFormatOf(inputs[0]!, volumes), labelled && volumes),
    ...pictureFiles('', layers, wanted),
  }).map((file) => file.replace(/\.(png|tif|nii\.gz)$/, ''));
  const names = outputNames(inputs, suffixes);
  const files = new Map([...names].map(([input, name]) => [input, filesOf(input, name)]));
  for (const own of files.values()) assertDistinct(own);
  return { names, files };
}
