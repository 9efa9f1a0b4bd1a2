import type { PageData } from '../data/page-data.js';
import { connectCharts } from './charts.js';
import { connectDownloads } from './downloads.js';
import { connectPictures } from './pictures.js';
import { connectSurfaces } from './surfaces.js';

const text = document.querySelector('#data')?.textContent;
if (text) {
  const data = JSON.parse(text) as PageData;
  connectCharts(data);
  connectDownloads(data);
  connectPictures();
  void connectSurfaces(data);
}

// On paper everything is open.
addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('details')) details.open = true;
});
