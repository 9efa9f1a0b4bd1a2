import { made } from './mounted.js';

/** What pictures were kept along: epochs of a training, or iterations on one image. */
export type Along = 'epoch' | 'iteration';

/** A moment that has pictures; undefined is that of the scored weights. */
export type Step = number | undefined;

/** A moment in a word. */
export const stepText = (step: Step): string => (step === undefined ? 'as scored' : String(step));

/** Milliseconds of a moment while it plays. */
const pace = 700;

/** A slider over the moments with a button that plays them. */
export interface StepSlider {
  readonly element: HTMLElement;
  /** The moment that is chosen. */
  at(): Step;
  /** Shows other moments and chooses the last. */
  show(steps: readonly Step[], along: Along): void;
  /** Stops playing. */
  pause(): void;
}

/**
 * @param changed another moment is chosen.
 * @param signal ends the listening and the playing.
 */
export function stepSlider(changed: () => void, signal: AbortSignal): StepSlider {
  const play = made('button', { type: 'button' }, 'Play');
  const slider = made('input', { type: 'range', min: '0', step: '1' });
  const output = made('output');
  const name = made('span');
  const element = made(
    'div',
    { class: 'steps' },
    play,
    made('label', { class: 'along' }, name, slider, output),
  );
  let steps: readonly Step[] = [];
  let timer: ReturnType<typeof setInterval> | undefined;
  const at = () => steps[Number(slider.value)];
  const say = () => {
    output.value = stepText(at());
    slider.setAttribute('aria-valuetext', output.value);
  };
  const pause = () => {
    clearInterval(timer);
    timer = undefined;
    play.textContent = 'Play';
  };
  const go = (place: number) => {
    slider.value = String(place);
    say();
    changed();
  };
  play.addEventListener(
    'click',
    () => {
      if (timer !== undefined) return pause();
      play.textContent = 'Pause';
      if (Number(slider.value) >= steps.length - 1) go(0);
      timer = setInterval(() => {
        go(Math.min(steps.length - 1, Number(slider.value) + 1));
        if (Number(slider.value) >= steps.length - 1) pause();
      }, pace);
    },
    { signal },
  );
  slider.addEventListener(
    'input',
    () => {
      pause();
      say();
      changed();
    },
    { signal },
  );
  signal.addEventListener('abort', pause);
  return {
    element,
    at,
    pause,
    show(next, along) {
      pause();
      steps = next;
      name.textContent = along === 'epoch' ? 'Epoch' : 'Iteration';
      slider.setAttribute('aria-label', `${along === 'epoch' ? 'Epoch' : 'Iteration'} of the pictures`);
      slider.max = String(Math.max(0, steps.length - 1));
      slider.value = slider.max;
      say();
    },
  };
}
