import { SegscapeError } from '@segscape/core';

/** A path of an SVG whose texts are outlines, with what it is drawn by. */
export interface OutlinedPath {
  /** As in SVG. */
  readonly d: string;
  /** CSS colour; undefined is none. */
  readonly fill?: string;
  readonly fillOpacity: number;
  readonly evenOdd: boolean;
  readonly stroke?: string;
  readonly strokeOpacity: number;
  readonly strokeWidth: number;
  readonly cap: 'butt' | 'round' | 'square';
  readonly join: 'miter' | 'round' | 'bevel';
  /** Absent for a line without gaps. */
  readonly dash?: { readonly length: number; readonly space: number };
  /** a, b, c, d, e, f of each matrix around it, the outermost first. */
  readonly transforms: readonly (readonly number[])[];
}

/** A figure as nothing but paths. */
export interface OutlinedFigure {
  readonly width: number;
  readonly height: number;
  readonly paths: readonly OutlinedPath[];
}

type Attributes = ReadonlyMap<string, string>;

/** A group that is open, with what it hands down. */
interface Group {
  readonly opacity: number;
  readonly transforms: readonly (readonly number[])[];
}

const tag = /<(\/?)([A-Za-z][\w-]*)((?:\s+[\w:-]+="[^"]*")*)\s*(\/?)>/g;
const attribute = /([\w:-]+)="([^"]*)"/g;

const attributesOf = (text: string): Attributes =>
  new Map([...text.matchAll(attribute)].map(([, name, value]) => [name!, value!]));

const numberOf = (attributes: Attributes, name: string, otherwise: number): number => {
  const value = Number(attributes.get(name) ?? otherwise);
  return Number.isFinite(value) ? value : otherwise;
};

const wordOf = <T extends string>(value: string | undefined, words: readonly T[]): T =>
  words.find((word) => word === value) ?? words[0]!;

function transformsOf(attributes: Attributes): number[][] {
  const matrix = /^matrix\(([^)]*)\)$/.exec(attributes.get('transform') ?? '')?.[1];
  const values =
    matrix
      ?.trim()
      .split(/[\s,]+/)
      .map(Number) ?? [];
  return values.length === 6 && values.every(Number.isFinite) ? [values] : [];
}

const painted = (colour: string | undefined): string | undefined =>
  colour === undefined || colour === 'none' ? undefined : colour;

const unknown = (caller: string, what: string): SegscapeError =>
  new SegscapeError(
    'BAD_OPTION',
    `${caller}: the figure holds ${what}, which cannot be drawn as a path. Give a figure of this package: shapes, lines and texts in plain colours.`,
    { details: { what } },
  );

function dashOf(caller: string, attributes: Attributes): Pick<OutlinedPath, 'dash'> {
  const lengths = (attributes.get('stroke-dasharray') ?? 'none').match(/[\d.]+/g)?.map(Number) ?? [];
  const [length = 0, space = length] = lengths;
  if (lengths.length > 2) throw unknown(caller, 'dashes of several lengths');
  return length > 0 && space > 0 ? { dash: { length, space } } : {};
}

function pathOf(caller: string, attributes: Attributes, { opacity, transforms }: Group): OutlinedPath {
  const [fill, stroke] = [painted(attributes.get('fill')), painted(attributes.get('stroke'))];
  return {
    d: attributes.get('d') ?? '',
    ...(fill !== undefined && { fill }),
    fillOpacity: opacity * numberOf(attributes, 'fill-opacity', 1),
    evenOdd: attributes.get('fill-rule') === 'evenodd',
    ...(stroke !== undefined && { stroke }),
    strokeOpacity: opacity * numberOf(attributes, 'stroke-opacity', 1),
    strokeWidth: numberOf(attributes, 'stroke-width', 1),
    cap: wordOf(attributes.get('stroke-linecap'), ['butt', 'round', 'square']),
    join: wordOf(attributes.get('stroke-linejoin'), ['miter', 'round', 'bevel']),
    ...dashOf(caller, attributes),
    transforms: [...transforms, ...transformsOf(attributes)],
  };
}

/**
 * Reads the paths of an SVG that resvg has simplified: texts are outlines there, and all shapes are paths. An opacity of a
 * group is that of each of its paths: ours hold one each.
 * @param caller named in errors.
 * @param svg as `toString` of resvg gives it.
 * @throws {SegscapeError} `BAD_OPTION` naming what is no path: a picture, a gradient, a mask, a filter.
 */
export function outlinedPaths(caller: string, svg: string): OutlinedFigure {
  let [width, height] = [0, 0];
  const paths: OutlinedPath[] = [];
  const groups: Group[] = [{ opacity: 1, transforms: [] }];
  for (const [, closes, name, text = '', ends] of svg.matchAll(tag)) {
    if (closes) {
      if (name === 'g') groups.pop();
      continue;
    }
    const attributes = attributesOf(text);
    const around = groups[groups.length - 1]!;
    if (name === 'svg')
      [width, height] = [numberOf(attributes, 'width', 0), numberOf(attributes, 'height', 0)];
    else if (name === 'g') {
      for (const odd of ['clip-path', 'mask', 'filter'])
        if (attributes.has(odd)) throw unknown(caller, `a ${odd}`);
      if (!ends)
        groups.push({
          opacity: around.opacity * numberOf(attributes, 'opacity', 1),
          transforms: [...around.transforms, ...transformsOf(attributes)],
        });
    } else if (name === 'path') {
      for (const paint of ['fill', 'stroke'])
        if (attributes.get(paint)?.startsWith('url(')) throw unknown(caller, 'a gradient or a pattern');
      if (attributes.get('visibility') !== 'hidden') paths.push(pathOf(caller, attributes, around));
    } else if (name && /gradient|pattern/i.test(name)) throw unknown(caller, 'a gradient or a pattern');
    else if (name !== 'defs') throw unknown(caller, `<${name}>`);
  }
  return { width, height, paths };
}
