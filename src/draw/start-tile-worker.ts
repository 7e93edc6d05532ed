// How a drawing worker is started: from its own file, beside this one. A page that is one file alone has another way in place of this module.

/** @throws nothing: what cannot be loaded is told by an event of the worker */
export function startTileWorker(): Worker {
  // The address is written out here, or vite would not find what to build.
  return new Worker(new URL('./tile-worker.ts', import.meta.url), { type: 'module', name: 'vexel tiles' })
}
