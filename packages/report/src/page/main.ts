import type { PageData } from '../data/page-data.js';
import { lossVariable } from '../sections/markup.js';
import { connectCharts } from './charts.js';
import { connectDownloads } from './downloads.js';
import { surfacesOf } from './page-surfaces.js';
import { connectMapPlayers, connectSurfacePlayer } from './players.js';
import { mountProfiles } from './profiles.js';
import { connectExperiment, connectPictures } from './samples.js';
import { connectFigures } from './saving.js';
import { connectSurfaces } from './surface-panels.js';

const text = document.querySelector('#data')?.textContent;
if (text) {
  const data = JSON.parse(text) as PageData;
  const surfaces = surfacesOf(data);
  connectCharts(data);
  connectDownloads(data);
  connectSurfaces(data.losses, surfaces, data.live);
  connectSurfacePlayer(data.losses, surfaces);
  connectMapPlayers(data);
  const profiles = document.querySelector<HTMLElement>('#profiles .profiles');
  if (profiles && data.profiles.length > 0)
    mountProfiles(profiles, {
      profiles: data.profiles,
      save: true,
      colours: data.profiles.map(({ loss }) => lossVariable(data.losses.indexOf(loss))),
      ...(data.histogram && { histogram: data.histogram }),
    });
  connectPictures(data);
  connectExperiment(data);
  connectFigures();
}

// A link into what is folded opens it.
const unfold = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
};
addEventListener('hashchange', unfold);

// On paper everything is open.
addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll<HTMLDetailsElement>('details:not(.save)'))
    details.open = true;
});
