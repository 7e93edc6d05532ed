// A drawing worker of a page that is one file: there is nothing beside it to start one from, so its own script is that, too. In place of
// src/draw/start-tile-worker.ts.

import { PAGE_IDS } from '../../export/page/page-ids.js'

let address: string | null = null

/** Twin: startTileWorker() in src/draw/start-tile-worker.ts. */
export function startTileWorker(): Worker {
  address ??= URL.createObjectURL(
    new Blob([document.getElementById(PAGE_IDS.script)?.textContent ?? ''], { type: 'text/javascript' }),
  )
  // Not as a module: a page from a disk has no origin that a module could come from.
  return new Worker(address, { name: 'vexel tiles' })
}
