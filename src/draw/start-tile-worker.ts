// How a drawing worker is started: from its own file, beside this one. A page that is one file alone has another way in place of this module.

import address from './tile-worker.ts?worker&url'

const OPTIONS = { type: 'module', name: 'vexel tiles' } as const

/** @throws nothing: what cannot be loaded is told by an event of the worker */
export function startTileWorker(): Worker {
  const url = new URL(address, import.meta.url)
  if (url.origin === location.origin) return new Worker(url, OPTIONS)
  // <vexel-flag> from another host, as a CDN: browsers start no worker from there, but one of the page's own may import it.
  const script = URL.createObjectURL(new Blob([`import ${JSON.stringify(url.href)}`], { type: 'text/javascript' }))
  return new Worker(script, OPTIONS)
}
