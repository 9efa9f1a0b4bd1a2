import type { BackendInfo } from '@segscape/backend';
import type { StudyEvent } from '@segscape/study';
import type { LiveSight } from './live-look.js';
import type { SketchedSurface } from './sketched-surface.js';

/** What a page hears of a study. */
export type JobEvent =
  | StudyEvent
  | LiveSight
  | SketchEvent
  | { readonly type: 'device'; readonly info: BackendInfo }
  /** `kept`: something of it is on the shelf, and can be gone on with. */
  | { readonly type: 'failed'; readonly message: string; readonly kept: boolean };

/** The surface that is under way, as far as it is known. */
export interface SketchEvent {
  readonly type: 'sketch';
  /** The words of the progress: loss and moment. */
  readonly label: string;
  readonly sketch: SketchedSurface;
}

export type Listener = (event: JobEvent) => void;
