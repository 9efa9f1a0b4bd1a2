import { type Mount, mountPlayer, mountProfiles, mountSurface } from '@segscape/report/page';
import type { ActionReturn } from 'svelte/action';

/** A part of the report's page as an action: mounted with the element, shown anew with its data, ended with it. */
const action =
  <Data>(mount: Mount<Data>) =>
  (element: HTMLElement, data: Data): ActionReturn<Data> => {
    const part = mount(element, data);
    return { update: (next) => part.update(next), destroy: () => part.dispose() };
  };

/** Contours and terrain of one surface, with a place that is picked. */
export const surfacePart = action(mountSurface);

/** What losses ask of a pixel, and the pixels there were. */
export const profilesPart = action(mountProfiles);

/** Surfaces side by side through training. */
export const playerPart = action(mountPlayer);
