import type { Storage } from '@segscape/core';
import { reportHtml } from '@segscape/report';
import { type Loopback, loopback } from './loopback.js';

/** Seconds after which the page is loaded anew: while there is none yet, and while it grows. */
const soon = 2;
const later = 15;

/** The report of a run that is under way, as it is now: one page, loaded anew every quarter of a minute. */
export async function watched(storage: Storage): Promise<Loopback> {
  let page: string | undefined;
  let making: Promise<void> | undefined;
  let ended = false;

  /** The page from what the folder holds; one that is just being written to is read a moment later. */
  const make = async () => {
    try {
      page = await reportHtml(storage);
    } catch {
      // The one before is still true of what was there.
    }
  };
  const server = await loopback('report', async ({ pathname }) => {
    if (pathname !== '/') return { status: 404, text: 'There is only the report, at /.\n' };
    making ??= make().finally(() => {
      making = undefined;
    });
    await making;
    if (page === undefined)
      return {
        status: 503,
        text: 'The run has not come to its first report.\n',
        headers: { Refresh: String(soon) },
      };
    const headers = { 'Cache-Control': 'no-store', ...(!ended && { Refresh: String(later) }) };
    return { status: 200, text: page, type: 'text/html', headers };
  });
  return {
    ...server,
    untilStopped() {
      // Where it may be read in peace.
      ended = true;
      return server.untilStopped();
    },
  };
}
