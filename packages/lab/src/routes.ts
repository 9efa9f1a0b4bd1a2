import type { Component } from 'svelte';

export interface Route {
  readonly path: string;
  readonly name: string;
  /** Pages come when they are asked for, so that the first sight is light. */
  readonly load: () => Promise<{ readonly default: Component }>;
}

export const routes: readonly Route[] = [
  { path: 'data', name: 'Data', load: () => import('./pages/Data.svelte') },
  { path: 'losses', name: 'Losses', load: () => import('./pages/Losses.svelte') },
  { path: 'plan', name: 'Plan', load: () => import('./pages/Plan.svelte') },
  { path: 'train', name: 'Train', load: () => import('./pages/Train.svelte') },
  { path: 'look', name: 'Look', load: () => import('./pages/Look.svelte') },
  { path: 'take-away', name: 'Take away', load: () => import('./pages/TakeAway.svelte') },
  { path: 'device', name: 'Device', load: () => import('./pages/Device.svelte') },
];

/** The route that the address names, after `#/`; Losses where it names none. */
export const routeOf = (hash: string): Route =>
  routes.find(({ path }) => hash.replace(/^#\//, '').split('?')[0] === path) ?? routes[1]!;
