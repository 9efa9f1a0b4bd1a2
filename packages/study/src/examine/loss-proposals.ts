import {
  isMany,
  isOftenAbsent,
  isRagged,
  isRare,
  isThere,
  isThin,
  isTouching,
  isUnequal,
  namesOf,
} from './class-traits.js';
import type { ClassFacts, Proposal, SeenMasks } from './examination.js';

/** Proposals at the most: each is a training of every seed. */
const most = 5;

/** Two to five losses that suit what was seen, cross-entropy with Dice among them as the common ground. */
export function proposalsOf({ classes, images }: SeenMasks): Proposal[] {
  const there = classes.filter(isThere);
  const named = (test: (facts: ClassFacts) => boolean) => namesOf(classes, test);
  const rarest = Math.min(...there.map(({ share }) => share), 1);
  const hasEmpty = there.some((facts) => isOftenAbsent(facts, images));
  const dice = { kind: 'dice', ...(hasEmpty && { batch: true }) };
  const proposals: Proposal[] = [
    {
      loss: { kind: 'weightedSum', terms: [{ loss: dice }, { loss: { kind: 'crossEntropy' } }] },
      label: 'Dice + CE',
      reason: 'The common ground: overlap counts rare classes, cross-entropy keeps gradients alive.',
      paper: 'Isensee et al., nnU-Net, 2021',
    },
    {
      loss: { kind: 'crossEntropy' },
      label: 'CE',
      reason: 'What the others are measured against.',
      paper: 'Ronneberger et al., U-Net, 2015',
    },
  ];
  if (rarest < 0.01)
    proposals.push({
      loss: { kind: 'focalTversky', alpha: 0.3, beta: 0.7 },
      label: 'Focal Tversky',
      reason: `${named(isRare)} is below 1 % of the pixels: misses weigh more than false alarms.`,
      paper: 'Abraham and Khan, A novel focal Tversky loss, 2019',
    });
  else if (rarest < 0.05)
    proposals.push({
      loss: { kind: 'focal', gamma: 2 },
      label: 'Focal γ=2',
      reason: `${named(isRare)} is rare: pixels that are right already lose their weight.`,
      paper: 'Lin et al., Focal loss, 2017',
    });
  if (named(isThin) !== '')
    proposals.push({
      loss: { kind: 'weightedSum', terms: [{ loss: dice }, { loss: { kind: 'clDice' }, weight: 0.5 }] },
      label: 'Dice + clDice',
      reason: `${named(isThin)} is thin and long: its skeleton counts, not only its area.`,
      paper: 'Shit et al., clDice, 2021',
    });
  if (named((facts) => isMany(facts) && isTouching(facts)) !== '')
    proposals.push({
      loss: { kind: 'pixelWeighted', loss: { kind: 'crossEntropy' } },
      label: 'CE, weighted gaps',
      reason: `Objects of ${named(isTouching)} touch: the gaps between them weigh more.`,
      paper: 'Ronneberger et al., U-Net, 2015',
    });
  else if (named(isUnequal) !== '')
    proposals.push({
      loss: { kind: 'weightedSum', terms: [{ loss: dice }, { loss: { kind: 'blobDice' } }] },
      label: 'Dice + blob',
      reason: `Objects of ${named(isUnequal)} differ in size: each counts once.`,
      paper: 'Kofler et al., blob loss, 2022',
    });
  const even = named((facts) => isRare(facts) && !isThin(facts) && !isRagged(facts));
  if (even !== '' && proposals.length < most)
    proposals.push({
      loss: {
        kind: 'weightedSum',
        terms: [{ loss: dice }, { loss: { kind: 'boundary' }, weight: { from: 0.01, to: 1, epochs: 20 } }],
      },
      label: 'Dice + boundary',
      reason: `Borders of ${even} count by their distance. Alone, the boundary loss collapses to a mask without any ${even}, so its weight rises from 0.01.`,
      paper: 'Kervadec et al., Boundary loss for highly unbalanced segmentation, 2019',
    });
  return proposals;
}
