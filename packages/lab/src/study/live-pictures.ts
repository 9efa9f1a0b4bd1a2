import type { Storage } from '@segscape/core';
import type { StudyEvent } from '@segscape/study';
import { told } from './failure-words.js';
import type { Listener } from './job-events.js';
import { LiveLook } from './live-look.js';
import type { Sketch } from './sketched-surface.js';

/** A sketch need not be newer than this, in milliseconds. */
const sketchedOften = 400;

/** Shows the surface that is under way: its first picture at once, then now and then. */
export function liveSketches(sketch: Sketch, listen: Listener): (event: StudyEvent) => void {
  let last = { label: '', at: 0 };
  return (event) => {
    if (event.type !== 'progress' || event.stage !== 'surfaces') return;
    const { label } = event;
    const now = performance.now();
    if (label === last.label && now - last.at < sketchedOften) return;
    const picture = sketch.picture();
    if (picture === undefined) return;
    last = { label, at: now };
    listen({ type: 'sketch', label, sketch: picture });
  };
}

/** Shows what networks make of the watched picture while they train; a sight that fails ends the sights, not the training. */
export function liveSights(storage: Storage, listen: Listener): (event: StudyEvent) => Promise<void> {
  const live = new LiveLook(storage);
  let due: Extract<StudyEvent, { type: 'epoch' }> | undefined;
  let failed = false;
  return async (event) => {
    // An epoch is told of before its weights are kept: they are there with the event after it.
    const { loss, seed, epoch, epochs } = due ?? {};
    due = event.type === 'epoch' ? event : undefined;
    if (failed || loss === undefined || seed === undefined) return;
    try {
      const sight = await live.after(loss, seed, epoch === epochs);
      if (sight) listen(sight);
    } catch (error) {
      failed = true;
      listen({ type: 'notice', message: `No live predictions: ${told(error)}` });
    }
  };
}
