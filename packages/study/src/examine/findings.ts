import { countOf } from '@segscape/core';
import { fewOf } from '../few-of.js';
import {
  isMany,
  isOftenAbsent,
  isRagged,
  isRare,
  isSmall,
  isThere,
  isThin,
  isTouching,
  isUnequal,
} from './class-traits.js';
import type { ClassFacts, Finding, MeanOffset, SeenMasks } from './examination.js';

const percent = (share: number) => `${Number((100 * share).toPrecision(2))} %`;
/** What images are made of. */
const unitOf = ({ sizes }: SeenMasks) => (sizes.largest.length === 3 ? 'voxels' : 'pixels');
/** A few images by their names, in brackets. */
const some = (ids: readonly string[]) => ` (${fewOf(ids, 3)})`;

/** What a finding says, without the names of its images. */
export const namelessText = ({ text, images = [] }: Finding): string =>
  images.length === 0 ? text : text.replace(some(images), '');

/** Fewer patients than this cannot show a difference, whatever it is (exact tests at 5 %, two-sided). */
const fewestPatients = 6;

function* ofClass(facts: ClassFacts, seen: SeenMasks): Generator<Finding> {
  const { name, share, without, width, diameters, objects, touching, ragged } = facts;
  const { images } = seen;
  const unit = unitOf(seen);
  const long = (length: number) => `${Number(length.toPrecision(2))} ${unit}`;
  if (!isThere(facts)) {
    yield {
      kind: 'absent',
      level: 'warning',
      text: `No mask has a ${unit.slice(0, -1)} of ${name}. Check the values of the masks, or leave the class out.`,
    };
    return;
  }
  if (isRare(facts))
    yield {
      kind: 'rare',
      level: share < 0.01 ? 'warning' : 'note',
      text: `${name} is ${percent(share)} of the ${unit}: plain cross-entropy first learns that nothing is ${name}. Weight it (classWeights), or add an overlap loss.`,
    };
  if (without.length > 0)
    yield {
      kind: 'empty',
      level: isOftenAbsent(facts, images) ? 'warning' : 'note',
      text: `${without.length} of ${countOf(images, 'image')} ${without.length === 1 ? 'has' : 'have'} no ${name}${some(without)}. The Dice of an empty image is 1 or 0 by one pixel: give overlap losses batch: true, or absentClasses: skip.`,
      images: without,
    };
  if (isThin(facts))
    yield {
      kind: 'thin',
      level: 'note',
      text: `${name} is thin and long (${long(width)} wide): overlap changes little when a branch is lost. Add a loss and a measure of its skeleton (clDice).`,
    };
  else if (isSmall(facts))
    yield {
      kind: 'small',
      level: 'warning',
      text: `Half of the objects of ${name} are smaller than ${long(diameters[1])}: a border that is off by one changes their IoU by a third. Do not scale down; score by surface Dice, too.`,
    };
  if (isUnequal(facts))
    yield {
      kind: 'unequal',
      level: 'note',
      text: `Objects of ${name} are ${long(diameters[0])} to ${long(diameters[2])} across: the large ones outvote the small ones. A loss per object counts them alike.`,
    };
  if (isMany(facts) && isTouching(facts))
    yield {
      kind: 'touching',
      level: 'note',
      text: `Objects of ${name} touch (${Number(touching.toPrecision(2))} objects in each piece): overlap does not see two that merge. Weight the gaps, and score objects.`,
    };
  else if (isMany(facts))
    yield {
      kind: 'many',
      level: 'note',
      text: `${name} is many objects (${Math.round(objects)} in an image): score objects (measures: [objects]) beside ${unit}.`,
    };
  if (isRagged(facts))
    yield {
      kind: 'ragged',
      level: 'note',
      text: `Borders of ${name} are ragged (${percent(ragged)} of their ${unit} stand alone): drawn by hand in haste, or lossy files. Losses of the border would learn the noise.`,
    };
}

/** Fewer measured patients or images than this say nothing of all. */
const fewestMeasured = 5;
/** Pixels, and standard errors, below which masks are not called off: lighting and objects of one side bring as much. */
const leastOffset = { pixels: 0.3, errors: 5 };

/** That the masks lie off to one side, where they clearly do. */
function besideText(offset: MeanOffset | undefined): string | undefined {
  if (offset === undefined || offset.count < fewestMeasured) return undefined;
  const { mean, error, count } = offset;
  const clear = mean.some((along, axis) => Math.abs(along) > leastOffset.errors * error[axis]!);
  if (!clear || Math.hypot(...mean) < leastOffset.pixels) return undefined;
  const [down, right] = mean.map((along) => Number(along.toFixed(2))) as [number, number];
  const sides = `${Math.abs(down)} pixels ${down < 0 ? 'above' : 'below'} and ${Math.abs(right)} to the ${right < 0 ? 'left' : 'right'} of`;
  const errors = error.map((one) => one.toFixed(2)).join(' and ');
  return `The masks lie ${sides} the edges in their images (standard errors ${errors}, ${count} measured). Trained with flips or turns a network can't learn that, and its outlines are off by as much: data.maskOffset moves the images there (here [${down}, ${right}]; of images that maxPixels scales down, what segscape data finds).`;
}

/** What is odd about values and scales of the images. */
function* ofImages({ images, notFinite = [], unscaled = [] }: SeenMasks): Generator<Finding> {
  if (notFinite.length > 0) {
    const ids = notFinite.map(({ id }) => id);
    const count = notFinite.reduce((sum, one) => sum + one.count, 0);
    yield {
      kind: 'notFinite',
      level: 'warning',
      text: `${countOf(count, 'value')} of ${countOf(ids.length, 'image')}${some(ids)} ${count === 1 ? 'is' : 'are'} NaN or infinite: no network learns from them. Put numbers in their place in the files, or leave these images out.`,
      images: ids,
    };
  }
  if (unscaled.length > 0)
    yield {
      kind: 'unscaled',
      level: 'warning',
      text: `${unscaled.length} of ${countOf(images, 'image')} ${unscaled.length === 1 ? 'does' : 'do'} not say how large a pixel is${some(unscaled)}, others do: distances of all are in pixels, not in µm. Give every file its scale to have them in µm.`,
      images: unscaled,
    };
}

/** What a plan should know, warnings first. */
export function findingsOf(seen: SeenMasks): Finding[] {
  const { groups, images, of, duplicates, ignored, offset } = seen;
  const all = seen.classes.flatMap((facts) => [...ofClass(facts, seen)]);
  if (images === of && groups === 1)
    all.push({
      kind: 'few',
      level: 'warning',
      text: `${countOf(1, images === 1 ? 'image' : 'patient')} cannot be split into training and test: add more.`,
    });
  else if (images === of && groups < 4 * fewestPatients)
    all.push({
      kind: 'few',
      level: groups < 2 * fewestPatients ? 'warning' : 'note',
      text: `${countOf(groups, groups === images ? 'image' : 'patient')} are few: a quarter for testing is ${Math.round(groups / 4)}, and fewer than ${fewestPatients} cannot show a difference between losses. Use folds, or more data.`,
    });
  if (duplicates.length > 0)
    all.push({
      kind: 'duplicates',
      level: 'warning',
      text: `The same picture comes ${duplicates.length === 1 ? 'twice' : `more than once ${duplicates.length} times`}${some(duplicates[0]!)}. In training and test at once it would flatter every loss: remove one, or group them.`,
      images: duplicates[0]!,
    });
  all.push(...ofImages(seen));
  const beside = besideText(offset);
  if (beside !== undefined) all.push({ kind: 'beside', level: 'warning', text: beside });
  if (ignored > 0)
    all.push({
      kind: 'void',
      level: 'note',
      text: `${percent(ignored)} of the ${unitOf(seen)} belong to no class; losses and measures leave them out.`,
    });
  return [...all.filter(({ level }) => level === 'warning'), ...all.filter(({ level }) => level === 'note')];
}
