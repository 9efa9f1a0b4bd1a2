import { isLarge, isMany, isOftenAbsent, isRare, isSmall, isThin, namesOf } from './class-traits.js';
import type { ClassFacts, MeasureProposal, SeenMasks } from './examination.js';

/** Where questions of this kind are answered at length. */
const metricsReloaded = 'Maier-Hein et al., Metrics reloaded, 2024';

/**
 * What to score by beside overlap: borders in any case, and what the masks ask for by being thin, small, many, large, rare or
 * sometimes absent.
 * @see Maier-Hein et al., Metrics reloaded: recommendations for image analysis validation, 2024.
 *   https://doi.org/10.1038/s41592-023-02151-z
 */
export function measureProposalsOf({ classes, images }: SeenMasks): MeasureProposal[] {
  const named = (test: (facts: ClassFacts) => boolean) => namesOf(classes, test);
  const small = named(isSmall);
  const proposals: MeasureProposal[] = [
    {
      measure: { kind: 'surfaceDice' },
      label: 'Surface Dice',
      reason:
        small === ''
          ? 'How much of the border is where it should be, within a tolerance.'
          : `Objects of ${small} are so small that a border off by one changes their overlap by a third; this counts the border within a tolerance.`,
      paper: 'Nikolov et al., 2018',
    },
    {
      measure: { kind: 'hausdorff' },
      label: 'HD95',
      reason: 'How far the worst of the border is off, the last twentieth apart.',
      paper: metricsReloaded,
    },
  ];
  const add = (of: string, proposal: MeasureProposal) => {
    if (of !== '') proposals.push(proposal);
  };
  const thin = named(isThin);
  add(thin, {
    measure: { kind: 'clDice' },
    label: 'clDice',
    reason: `${thin} is thin and long: whether its lines are found, whatever their width.`,
    paper: 'Shit et al., clDice, 2021',
  });
  const many = named(isMany);
  add(many, {
    measure: { kind: 'panopticQuality' },
    label: 'Panoptic quality',
    reason: `${many} is many objects: how many are found, and how well.`,
    paper: 'Kirillov et al., 2019',
  });
  add(many, {
    measure: { kind: 'objects' },
    label: 'F1 of objects',
    reason: `How many objects of ${many} are found, and how many invented.`,
    paper: metricsReloaded,
  });
  const large = named((facts) => isLarge(facts) && !isThin(facts));
  add(large, {
    measure: { kind: 'boundaryIou' },
    label: 'Boundary IoU',
    reason: `Objects of ${large} are large: overlap hardly sees their borders, this sees nothing else.`,
    paper: 'Cheng et al., 2021',
  });
  const absent = named((facts) => isOftenAbsent(facts, images));
  add(absent, {
    measure: { kind: 'count', measure: 'falsePositiveRate' },
    label: 'False positive rate',
    reason: `Images without any ${absent} have no overlap; false alarms are there to be counted.`,
    paper: metricsReloaded,
  });
  const rare = named(isRare);
  add(rare, {
    measure: { kind: 'calibrationError', of: 'classes' },
    label: 'Calibration error by class',
    reason: `${rare} is rare: the calibration of the likeliest class is that of the background.`,
    paper: 'Kull et al., 2019',
  });
  return proposals;
}
