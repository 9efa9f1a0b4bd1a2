// Keeps every file of the lab, so that it works without a network; the build fills in the two constants.
const version = 'VERSION';
const files = ['FILES'];
const own = `segscape-lab-${version}`;

self.addEventListener('install', (event) => {
  const keep = async () => {
    const cache = await caches.open(own);
    await cache.addAll(files.map((file) => new Request(file, { cache: 'reload' })));
    await self.skipWaiting();
  };
  event.waitUntil(keep());
});

self.addEventListener('activate', (event) => {
  const tidy = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith('segscape-lab-') && name !== own);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const scope = new URL(self.registration.scope);
  const url = new URL(request.url);
  const path = url.pathname.slice(scope.pathname.length);
  // A run folder that the command line serves is no part of the lab.
  if (
    request.method !== 'GET' ||
    url.origin !== scope.origin ||
    path === 'run.json' ||
    path.startsWith('run/')
  )
    return;
  const answer = async () => {
    const cache = await caches.open(own);
    const kept = await cache.match(request.mode === 'navigate' ? './' : request, {
      ignoreSearch: true,
      ignoreVary: true,
    });
    return kept ?? fetch(request);
  };
  event.respondWith(answer());
});
