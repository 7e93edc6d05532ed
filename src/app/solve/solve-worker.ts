// The worker that solves: one net, then it is done. First the solution, then a small picture of every candidate.

import { decode } from 'fast-png'
import { ColourDrawer } from '../../kernel/colours.js'
import { createEvaluator } from '../../kernel/evaluator.js'
import { regionOfRows } from '../../kernel/region.js'
import { foldNetwork } from '../../model/fold.js'
import { frameAspect } from '../../model/frame.js'
import type { Network } from '../../model/network.js'
import { levelsOf, type PictureSpec, referenceRows } from '../../model/picture.js'
import { wholeFrame } from '../../model/view.js'
import { type Catalogue, LIST_FILE, parseCatalogue, type Sheet, SHEET_FILE } from '../../solve/catalogue.js'
import type { Reading, Solution } from '../../solve/solution.js'
import { solve } from '../../solve/solve.js'
import { lineOf } from '../messages.js'

export interface SolveRequest {
  readonly network: Network
  /** Where the catalogue lies; ends with a slash. */
  readonly catalogueUrl: string
  /** Largest width and height of the pictures, in pixels. */
  readonly thumbnailEdge: number
}

/** A candidate's picture. */
export interface Thumbnail {
  readonly width: number
  readonly height: number
  /** [height, width, 4] */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>
}

export type SolveReply =
  | {
      readonly kind: 'solved'
      readonly solution: Solution
      /** Why no flag can be named; null where it can. */
      readonly catalogueProblem: string | null
    }
  /** In the order of the candidates; null where there is no frame. The last message. */
  | { readonly kind: 'thumbnails'; readonly thumbnails: readonly (Thumbnail | null)[] }
  | { readonly kind: 'failed'; readonly reason: string }

// A picture's pixels are far coarser than the edges of sharp nets; they come after the solution, so nobody waits for them.
const THUMBNAIL_SAMPLES = 4

self.addEventListener('message', ({ data }: MessageEvent<SolveRequest>) => {
  run(data).catch((error: unknown) => {
    const reason = lineOf(error)
    postMessage({ kind: 'failed', reason } satisfies SolveReply)
  })
})

async function run({ network, catalogueUrl, thumbnailEdge }: SolveRequest): Promise<void> {
  const { catalogue, problem } = await loadCatalogue(catalogueUrl)
  const solution = solve(network, catalogue)
  postMessage({ kind: 'solved', solution, catalogueProblem: problem } satisfies SolveReply)
  const folded = foldNetwork(network)
  const evaluator = createEvaluator(folded)
  const drawer = evaluator && new ColourDrawer(evaluator)
  const thumbnails = solution.candidates.map(({ frame }: Reading): Thumbnail | null => {
    if (!frame) return null
    const aspect = frameAspect(frame)
    const width = Math.max(1, Math.round(Math.min(thumbnailEdge, thumbnailEdge * aspect)))
    const height = Math.max(1, Math.round(Math.min(thumbnailEdge, thumbnailEdge / aspect)))
    const view = wholeFrame(frame)
    const spec: PictureSpec = { folded, frame, view, width, height, samples: THUMBNAIL_SAMPLES }
    const colours = drawer ? drawer.draw(regionOfRows(spec, 0, height)) : referenceRows(spec, 0, height)
    return { width, height, rgba: levelsOf(colours) }
  })
  postMessage({ kind: 'thumbnails', thumbnails } satisfies SolveReply)
}

/** Decoded here and not by a canvas, which may change the colours. */
async function loadCatalogue(url: string): Promise<{ catalogue: Catalogue | null; problem: string | null }> {
  try {
    const [list, sheet] = await Promise.all([fetchFile(url + LIST_FILE), fetchFile(url + SHEET_FILE)])
    const catalogue = parseCatalogue(new TextDecoder().decode(list), decode(sheet) as Sheet)
    return { catalogue, problem: null }
  } catch (error) {
    const problem = lineOf(error)
    return { catalogue: null, problem }
  }
}

async function fetchFile(url: string): Promise<Uint8Array> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`the server answers ${response.status} ${response.statusText}`.trim())
  return new Uint8Array(await response.arrayBuffer())
}
