import { floatsFromBase64, fromGzip64 } from '../data/base64.js';
import { csvCell } from '../data/csv.js';
import type { PageData } from '../data/page-data.js';
import { saveFile } from './saving.js';

/** All surfaces as one table, a row a point. */
function surfacesCsv({ surfaces }: PageData): string {
  const lines = ['trained,seed,epoch,moment,evaluated,x,y,loss'];
  for (const { loss, seed, epoch, moment, x, y, values } of surfaces)
    for (const [evaluated, packed] of Object.entries(values)) {
      const start = [csvCell(loss), seed, epoch, csvCell(moment), csvCell(evaluated)].join(',');
      floatsFromBase64(packed).forEach((value, i) => {
        lines.push(`${start},${x[i % x.length]},${y[Math.floor(i / x.length)]},${value}`);
      });
    }
  return `${lines.join('\n')}\n`;
}

async function fileOf(name: string, data: PageData): Promise<Blob> {
  if (name === 'surfaces.csv') return new Blob([surfacesCsv(data)], { type: 'text/csv' });
  const packed = document.querySelector(`script[data-file="${name}"]`)?.textContent ?? '';
  return fromGzip64(packed);
}

/** The buttons that save what the page carries. */
export function connectDownloads(data: PageData): void {
  const row = document.querySelector<HTMLElement>('.downloads');
  if (!row) return;
  row.hidden = false;
  row.addEventListener('click', async ({ target }) => {
    const name = target instanceof HTMLElement ? target.dataset.download : undefined;
    if (name === undefined) return;
    saveFile(name, await fileOf(name, data));
  });
}
