import { type ForensicsPoint, namePlateaus } from '@segscape/landscape';
import type { HistoryRow } from '@segscape/runs';
import type { ReportFacts } from '../facts.js';
import { type Html, html, nothing } from '../html.js';

/** A loss waits where its network stays below this share of what it comes to. */
const untaught = 0.5;

/** The IoU of the foreground on the test images at an epoch, a mean over the seeds. */
function valueAt(rows: readonly HistoryRow[], loss: string, epoch: number): number {
  const own = rows.filter((row) => row.loss === loss && row.epoch === epoch);
  return own.reduce((total, { value }) => total + value, 0) / own.length;
}

/**
 * Trainings that wait before they learn, with the class that sends most of the gradient meanwhile: "97 % of the gradient from background
 * until epoch 35". Only where a plateau of three kept epochs or more lies below half of what the network comes to, and ends.
 * @param facts of the run.
 * @param history of its trainings.
 */
export function waitsHtml(
  { forensics = [], losses, foreground }: ReportFacts,
  history: readonly HistoryRow[],
): Html {
  const rows = history.filter(({ measure, split }) => measure === `iou.${foreground}` && split === 'test');
  const lines = losses.flatMap((loss) => {
    const points = forensics
      .filter((fact) => fact.loss === loss)
      .flatMap(({ epoch, shares }): ForensicsPoint[] => {
        const own = Object.hasOwn(shares, loss) ? shares[loss]!.class : undefined;
        const value = valueAt(rows, loss, epoch);
        if (own === undefined || !Number.isFinite(value)) return [];
        return [{ epoch, value, shares: own.map((share) => ({ ...share, strength: share.share })) }];
      })
      .sort((a, b) => a.epoch - b.epoch);
    const [best, last] = [Math.max(...points.map(({ value }) => value)), points.at(-1)?.epoch];
    return (points.length < 3 ? [] : namePlateaus(points)).flatMap(({ from, to, group, text }) => {
      const within = points.filter(({ epoch }) => epoch >= from && epoch <= to);
      const waits = within.every(({ value }) => value < untaught * best);
      return group !== undefined && waits && to !== last ? [html`<li>${loss} waits: ${text}.</li>`] : [];
    });
  });
  return lines.length === 0 ? nothing : html`<ul class="note waits">${lines}</ul>`;
}
