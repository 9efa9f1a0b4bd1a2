import type { ChosenLoss } from './losses/chosen-loss.js';
import { settingsIn } from './shared-settings.js';
import type { DataConfig } from './study/data-config.js';
import { firstPlan, type PlanSettings, phantomData } from './study/plan-settings.js';

const key = 'segscape-lab';

/** What the visitor has set; kept in this browser, and only here. */
interface Settings {
  losses: ChosenLoss[];
  data: DataConfig;
  plan: PlanSettings;
  /** Name of the run that is looked at. */
  run: string;
  example: { phantom: 'fundus' | 'membrane'; index: number };
  scheme: 'auto' | 'light' | 'dark';
}

const standard: Settings = {
  losses: [
    { id: 1, kind: 'crossEntropy', options: {} },
    { id: 2, kind: 'focal', options: { gamma: 2 } },
    { id: 3, kind: 'dice', options: {} },
  ],
  data: phantomData,
  plan: firstPlan,
  run: '',
  example: { phantom: 'fundus', index: 0 },
  scheme: 'auto',
};

function kept(): Settings {
  try {
    const known = JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Settings>;
    // Settings that an older lab kept lack what came later.
    return { ...standard, ...known, plan: { ...firstPlan, ...known.plan } };
  } catch {
    // Nothing sensible was kept, or this browser keeps nothing.
    return { ...standard };
  }
}

export const settings: Settings = $state(kept());

/** Writes the settings down; to be called in an effect, which then follows every change. */
export function keepSettings(): void {
  const text = JSON.stringify(settings);
  try {
    localStorage.setItem(key, text);
  } catch {
    // A browser that keeps nothing is no reason to stop: settings last as long as the page.
  }
}

/**
 * Takes over the settings of the link that was followed, if it holds some, and takes them out of the address: what is changed
 * afterwards is not changed back by a reload.
 * @returns what to say of it.
 */
export function followLink(): string {
  try {
    const shared = settingsIn(location.hash);
    if (shared === undefined) return '';
    const { losses, plan, data } = shared;
    Object.assign(settings, { plan, ...(losses.length > 0 && { losses }), ...(data && { data }) });
    return 'The settings of the link are set.';
  } catch (error) {
    return (error as Error).message;
  } finally {
    if (location.hash.includes('settings='))
      history.replaceState(null, '', location.hash.slice(0, location.hash.indexOf('?')));
  }
}
