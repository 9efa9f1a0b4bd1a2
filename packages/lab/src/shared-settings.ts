import { isRecord } from '@segscape/core';
import type { ChosenLoss } from './losses/chosen-loss.js';
import type { DataConfig } from './study/data-config.js';
import { firstPlan, type PlanSettings } from './study/plan-settings.js';

/** What a link holds: what was chosen, and never an image. */
export interface SharedSettings {
  readonly losses: readonly ChosenLoss[];
  readonly plan: PlanSettings;
  /** The built-in pictures; left out where the visitor's own are used. */
  readonly data?: DataConfig;
}

/** Text that an address takes as it is (base64 of RFC 4648, §5, without padding). */
const encoded = (text: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
const decoded = (text: string): string =>
  new TextDecoder().decode(
    Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0)),
  );

/** The address of the page Plan with these settings; they lie behind `#`, which no browser sends to a server. */
export function linkOf(page: string, { losses, plan, data }: SharedSettings): string {
  const shared = { losses, plan, ...(data?.kind === 'phantom' && { data }) };
  return `${page.split('#')[0]}#/plan?settings=${encoded(JSON.stringify(shared))}`;
}

/** The losses of a link whose kinds and options can at all be some; the study says of each what is wrong with it. */
const lossesOf = (given: unknown): ChosenLoss[] =>
  (Array.isArray(given) ? given.slice(0, 12) : []).flatMap((loss: unknown, i) =>
    isRecord(loss) && typeof loss.kind === 'string' && isRecord(loss.options)
      ? [{ id: i + 1, kind: loss.kind, options: loss.options }]
      : [],
  );

/** Every setting of the plan that is of the right kind; the others, and those that later labs know, as they come first. */
function planOf(given: unknown): PlanSettings {
  const plan: Record<string, unknown> = { ...firstPlan };
  for (const [key, value] of Object.entries(isRecord(given) ? given : {}))
    if (key in plan && typeof value === typeof plan[key]) plan[key] = value;
  return plan as unknown as PlanSettings;
}

/**
 * The settings in an address; undefined where it holds none.
 * @throws {Error} in words when they cannot be read.
 */
export function settingsIn(hash: string): SharedSettings | undefined {
  const text = /[?&]settings=([\w-]+)/.exec(hash)?.[1];
  if (text === undefined) return undefined;
  let given: unknown;
  try {
    given = JSON.parse(decoded(text));
  } catch {
    throw new Error('The settings in this link cannot be read: it was cut off or changed. Ask for it again.');
  }
  const { losses, plan, data } = isRecord(given) ? given : {};
  const known = isRecord(data) && data.kind === 'phantom';
  return {
    losses: lossesOf(losses),
    plan: planOf(plan),
    ...(known && { data: data as DataConfig }),
  };
}
