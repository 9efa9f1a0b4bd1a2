import type { ClassFacts } from './examination.js';

// What of a class makes one loss or measure fit it and another not. Lengths are in pixels.

export const isThere = ({ share }: ClassFacts) => share > 0;
export const isRare = ({ share }: ClassFacts) => share > 0 && share < 0.05;
export const isThin = ({ elongation, width }: ClassFacts) => elongation > 6 && width < 12;
export const isSmall = ({ diameters }: ClassFacts) => diameters[1] < 8;
export const isMany = ({ objects }: ClassFacts) => objects >= 5;
export const isUnequal = ({ diameters: [low, , high], objects }: ClassFacts) =>
  objects >= 3 && high > 4 * low;
export const isTouching = (facts: ClassFacts) => facts.objects >= 2 && facts.touching > 1.1 && !isThin(facts);
/** Large and plain: where the border is hardly changes their overlap. */
export const isLarge = ({ diameters }: ClassFacts) => diameters[1] > 64;
export const isRagged = ({ ragged }: ClassFacts) => ragged > 0.15;
/** Often enough that what is said of absent objects counts. */
export const isOftenAbsent = ({ without }: ClassFacts, images: number) => without.length > images / 10;

/** The classes that are there and of such a kind, in words; empty where there is none. */
export const namesOf = (classes: readonly ClassFacts[], test: (facts: ClassFacts) => boolean): string =>
  classes
    .filter((facts) => isThere(facts) && test(facts))
    .map(({ name }) => name)
    .join(', ');
