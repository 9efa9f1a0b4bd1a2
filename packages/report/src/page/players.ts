import { momentsOf, type PageData, type PageMap, trainedOf, valuesOf } from '../data/page-data.js';
import { spansDecades } from '../figures/terrain.js';
import { lossVariable } from '../sections/markup.js';
import { momentText } from '../sections/surface-words.js';
import type { Mounted } from './mounted.js';
import { gridFrom, type PageSurfaces } from './page-surfaces.js';
import { mountPlayer, type PlayerData, type PlayerMoment, type PlayerPanel } from './player.js';

/** All losses side by side through training, each network seen by the loss that the reader chooses. */
function surfacePlayer(
  losses: readonly string[],
  surfaces: PageSurfaces,
  seen: string | undefined,
): PlayerData {
  const moments = momentsOf(surfaces);
  const panels = trainedOf(losses, surfaces).flatMap((loss): PlayerPanel[] => {
    const by = seen ?? loss;
    const own = moments.map(({ moment }) => {
      const grid = surfaces.find((entry) => entry.loss === loss && entry.moment === moment)?.grid;
      return grid && valuesOf(grid, by).length > 0 ? grid : undefined;
    });
    return own.every((grid) => grid === undefined) ? [] : [{ title: loss, loss: by, surfaces: own }];
  });
  const grids = panels.flatMap(({ surfaces: own, loss }) =>
    own.flatMap((grid) => (grid ? [valuesOf(grid, loss)] : [])),
  );
  return {
    label: 'Surfaces of all losses',
    moments: moments.map((moment) => ({ name: momentText(moment), epoch: moment.epoch })),
    panels,
    scale: seen === undefined ? 'own' : 'shared',
    log: spansDecades(grids),
    save: true,
  };
}

/**
 * The player of the surfaces section, with the choice of the loss that all networks are seen by.
 * @param losses in their order.
 * @param surfaces of the page.
 */
export function connectSurfacePlayer(losses: readonly string[], surfaces: PageSurfaces): void {
  const root = document.querySelector<HTMLElement>('#surface-player');
  const place = root?.querySelector<HTMLElement>('.player');
  const choice = root?.querySelector<HTMLSelectElement>('select');
  if (!root || !place || !choice) return;
  root.hidden = false;
  const names = [...new Set(surfaces.flatMap(({ grid }) => Object.keys(grid.values)))];
  // The first choice is the loss of each, where each has one.
  const before = choice.length - names.length;
  const data = () => surfacePlayer(losses, surfaces, names[choice.selectedIndex - before]);
  choice.selectedIndex = Math.min(before, names.length);
  const part: Mounted<PlayerData> = mountPlayer(place, data());
  choice.addEventListener('change', () => part.update(data()));
}

const epochsOf = (maps: readonly PageMap[]): PlayerMoment[] =>
  [
    ...new Set(
      maps.flatMap(({ paths }) => Object.values(paths).flatMap((points) => points.map(({ epoch }) => epoch))),
    ),
  ]
    .sort((a, b) => a - b)
    .map((epoch) => ({ name: `epoch ${epoch}`, epoch }));

/**
 * The players of the maps: the paths of the trainings grow as the slider moves. The figures that stood there without scripts
 * are replaced.
 * @param data of the page.
 */
export function connectMapPlayers({ losses, maps }: PageData): void {
  for (const kind of ['minima', 'path'] as const) {
    const place = document.querySelector<HTMLElement>(`[data-maps=${kind}]`);
    const own = maps.filter((map) => map.kind === kind);
    if (!place || own.length === 0) continue;
    const panels = own.flatMap((map): PlayerPanel[] => {
      const grid = gridFrom(map);
      const paths = Object.entries(map.paths).map(([label, points]) => ({
        label,
        colour: lossVariable(losses.indexOf(label)),
        points,
      }));
      const seen = kind === 'path' ? [map.loss ?? ''] : losses;
      return seen
        .filter((loss) => Object.hasOwn(grid.values, loss))
        .map((loss) => ({
          title: kind === 'path' ? loss : `seen by ${loss}`,
          loss,
          surfaces: [grid],
          paths,
          ...(map.caption !== undefined && { caption: map.caption }),
        }));
    });
    if (panels.length === 0) continue;
    const log = panels.some(({ surfaces, loss }) => spansDecades([valuesOf(surfaces[0]!, loss)]));
    place.classList.remove('charts');
    mountPlayer(place, {
      label: kind === 'path' ? 'Paths where each training moved most' : 'All losses on one map',
      moments: epochsOf(own),
      panels,
      scale: 'own',
      log,
      save: true,
    });
  }
}
