import type { ChosenLoss } from './losses/chosen-loss.js';
import type { DataConfig } from './study/examined-data.js';
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
    return { ...standard, ...(JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Settings>) };
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
