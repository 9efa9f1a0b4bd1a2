import { type Html, html } from '../html.js';
import { scaleOf, tickTexts } from './scale.js';
import { element, textAt } from './svg.js';
import { terrainColour, type ValueRange } from './terrain.js';

export interface BarPlace {
  readonly left: number;
  readonly top: number;
  readonly height: number;
}

/** The steps of colour with their values, the highest on top. */
export function colourBar(
  range: ValueRange,
  levels: number,
  { left, top, height }: BarPlace,
  { ink, rule }: { readonly ink: string; readonly rule: string },
): Html {
  const thickness = 12;
  const steps = Array.from({ length: levels }, (_, k) =>
    element('rect', {
      x: left,
      y: top + (height * (levels - 1 - k)) / levels,
      width: thickness,
      height: height / levels + 0.5,
      fill: terrainColour((k + 0.5) / levels),
    }),
  );
  const scale = scaleOf([range.low, range.high], [top + height, top], { log: range.log });
  const ends = [range.low, range.high].filter((end) =>
    scale.ticks.every((tick) => Math.abs(scale.at(tick) - scale.at(end)) > 16),
  );
  const labelled = [...scale.ticks, ...(range.log ? ends : [])];
  const texts = tickTexts(labelled);
  const labels = labelled.map((tick, i) =>
    textAt(left + thickness + 5, Math.max(top + 8, Math.min(top + height, scale.at(tick) + 4)), texts[i]!, {
      fill: ink,
      size: 10.5,
      opacity: 0.85,
    }),
  );
  const frame = element('rect', { x: left, y: top, width: thickness, height, fill: 'none', stroke: rule });
  return html`${steps}${frame}${labels}`;
}
