// One net being solved: the worker as the page sees it.

import { UnsupportedError } from '../../model/errors.js'
import type { Network } from '../../model/network.js'
import type { Solution } from '../../solve/solution.js'
import { openedMeanwhile } from '../messages.js'
import type { SolveReply, SolveRequest, Thumbnail } from './solve-worker.js'

export interface Solving {
  /** Rejects with one line, or as aborted when it is cancelled. */
  readonly solution: Promise<Solution>
  /** Why no flag can be named, once there is a solution; null where it can. */
  readonly catalogueProblem: string | null
  /** Pictures of the candidates, in their order; null until they are drawn. */
  readonly thumbnails: readonly (Thumbnail | null)[] | null
  cancel(): void
}

// CSS pixels, twice as many for sharp screens.
const THUMBNAIL_EDGE = 224

/**
 * Begins to solve a net in a worker of its own.
 * @param onThumbnails called when they are drawn
 */
export function startSolving(network: Network, onThumbnails: () => void): Solving {
  const worker = new Worker(new URL('./solve-worker.ts', import.meta.url), { type: 'module' })
  let catalogueProblem: string | null = null
  let thumbnails: readonly (Thumbnail | null)[] | null = null
  let refuse: (error: Error) => void = () => {}
  const solution = new Promise<Solution>((resolve, reject) => {
    refuse = error => {
      worker.terminate()
      reject(error)
    }
    worker.addEventListener('message', ({ data }: MessageEvent<SolveReply>) => {
      if (data.kind === 'solved') {
        catalogueProblem = data.catalogueProblem
        resolve(data.solution)
      } else if (data.kind === 'thumbnails') {
        thumbnails = data.thumbnails
        worker.terminate()
        onThumbnails()
      } else refuse(new UnsupportedError(data.reason))
    })
    worker.addEventListener('error', event => {
      event.preventDefault()
      refuse(new UnsupportedError(`the solver failed: ${event.message || 'its script could not be loaded'}`))
    })
  })
  const request: SolveRequest = {
    network,
    catalogueUrl: new URL('flags/', document.baseURI).href,
    thumbnailEdge: THUMBNAIL_EDGE,
  }
  worker.postMessage(request, [])
  return {
    solution,
    get catalogueProblem() {
      return catalogueProblem
    },
    get thumbnails() {
      return thumbnails
    },
    cancel: () => refuse(openedMeanwhile()),
  }
}
