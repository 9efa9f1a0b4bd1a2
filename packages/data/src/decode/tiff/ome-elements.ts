import type { PlaneAxis, Planes } from './series.js';

/** Where some planes lie: from page `ifd` on, beginning with the plane at `first`. */
export interface Block {
  readonly ifd: number | undefined;
  readonly first: Planes;
  readonly count: number | undefined;
  /** The file that holds them, by its id or else its name; undefined where none is named. */
  file?: { readonly id: string; readonly name: string };
}

/** A `Pixels` element, and what stands in it. */
export interface Pixels {
  readonly image: string;
  readonly attributes: string;
  readonly blocks: Block[];
  /** Samples of a pixel in its channels, where said. */
  readonly samples: Set<number>;
}

export interface OmeElements {
  readonly pixels: readonly Pixels[];
  /** The id of the file itself. */
  readonly id: string | undefined;
  /** The file in which the description lies, where it is not this one. */
  readonly elsewhere: string | undefined;
}

/** Elements with their attributes and the text before the next one; in one pass, whatever the text is. */
function* elementsIn(text: string): Generator<{ name: string; attributes: string; content: string }> {
  for (let at = text.indexOf('<'); at >= 0; ) {
    const end = text.indexOf('>', at);
    if (end < 0) return;
    const next = text.indexOf('<', end);
    const [, name, attributes] = /^(?:[\w.-]+:)?([\w.-]+)([\s\S]*)$/.exec(text.slice(at + 1, end)) ?? [];
    const content = text.slice(end + 1, next < 0 ? undefined : next).trim();
    if (name !== undefined) yield { name, attributes: attributes!, content };
    at = next;
  }
}

export const attributeOf = (attributes: string, name: string): string | undefined =>
  new RegExp(`\\b${name}\\s*=\\s*["']([^"']*)["']`).exec(attributes)?.[1];

export function numberOf(attributes: string, name: string): number | undefined {
  const value = attributeOf(attributes, name);
  return value === undefined ? undefined : Number(value);
}

function blockOf(attributes: string): Block {
  const from = (axis: PlaneAxis) => numberOf(attributes, `First${axis}`) ?? 0;
  return {
    ifd: numberOf(attributes, 'IFD'),
    first: { Z: from('Z'), C: from('C'), T: from('T') },
    count: numberOf(attributes, 'PlaneCount'),
  };
}

/** What is needed of OME-XML, in the order in which it is written. */
export function omeElements(text: string): OmeElements {
  const pixels: Pixels[] = [];
  let id: string | undefined;
  let elsewhere: string | undefined;
  let image = '';
  for (const { name, attributes, content } of elementsIn(text)) {
    const current = pixels.at(-1);
    const block = current?.blocks.at(-1);
    if (name === 'OME') id = attributeOf(attributes, 'UUID');
    else if (name === 'BinaryOnly') elsewhere = attributeOf(attributes, 'MetadataFile') ?? 'another file';
    else if (name === 'Image') image = attributeOf(attributes, 'Name') ?? '';
    else if (name === 'Pixels') pixels.push({ image, attributes, blocks: [], samples: new Set() });
    else if (name === 'TiffData') current?.blocks.push(blockOf(attributes));
    else if (name === 'Channel') {
      const samples = numberOf(attributes, 'SamplesPerPixel');
      if (samples !== undefined) current?.samples.add(samples);
    } else if (name === 'UUID' && block !== undefined) {
      const file = attributeOf(attributes, 'FileName') ?? content;
      block.file = { id: content || file, name: file };
    }
  }
  return { pixels, id, elsewhere };
}
