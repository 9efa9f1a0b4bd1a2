import { isSegscapeError, type Storage } from '@segscape/core';
import { reportHtml } from '@segscape/report';
import type { SurfaceWalk } from '@segscape/study';
import { type Loopback, loopback, type Reply } from './loopback.js';

const json = (status: number, value: unknown): Reply => ({
  status,
  text: JSON.stringify(value),
  type: 'application/json',
  headers: { 'Cache-Control': 'no-store' },
});

/** A number of a query; what is none, or is missing, is NaN. */
const numberOf = (query: URLSearchParams, name: string): number =>
  query.get(name)?.trim() ? Number(query.get(name)) : Number.NaN;

/** What the report calls its images. */
interface Naming {
  readonly pseudonyms?: boolean;
}

/**
 * The report of a run in which a click on a surface shows what the network sees there: its page, and one answer after the other to
 * `look?surface=…&x=…&y=…&image=…`.
 */
export async function liveReport(
  storage: Storage,
  walk: SurfaceWalk,
  { pseudonyms }: Naming,
): Promise<Loopback> {
  const names = walk.images.map((id, i) => (pseudonyms ? `test image ${i + 1}` : id));
  const page = await reportHtml(storage, { live: names, ...(pseudonyms && { pseudonyms }) });
  let before: Promise<unknown> = Promise.resolve();

  async function looked(query: URLSearchParams): Promise<Reply> {
    try {
      const place = { surface: query.get('surface') ?? '', x: numberOf(query, 'x'), y: numberOf(query, 'y') };
      const { image, losses, pictures } = await walk.look(place, numberOf(query, 'image'));
      return json(200, {
        image: pseudonyms ? '' : image,
        losses,
        pictures: pictures.map(({ title, png }) => ({ title, png: Buffer.from(png).toString('base64') })),
      });
    } catch (error) {
      if (!isSegscapeError(error)) throw error;
      return json(isSegscapeError(error, 'NOT_FOUND') ? 404 : 400, { error: error.message });
    }
  }

  return loopback('report', async ({ pathname, searchParams }) => {
    if (pathname === '/')
      return { status: 200, text: page, type: 'text/html', headers: { 'Cache-Control': 'no-store' } };
    if (pathname !== '/look') return { status: 404, text: 'There is the report, at /, and /look.\n' };
    const own = before.then(() => looked(searchParams));
    before = own.catch(() => {});
    return own;
  });
}
