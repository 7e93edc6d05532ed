// Coherent tiles for the harness, held against the exact ones on the page itself: pictures are large, and the protocol is slow.

import { CoherentMaker } from '../../src/gpu/coherent-maker.js'
import { type ReadBackSpec, readLevels } from '../../src/gpu/read-back.js'
import { Target } from '../../src/gpu/target.js'
import type { TileMaker } from '../../src/gpu/tile-maker.js'
import { cameraFromView, type Item } from '../../src/world/item.js'
import { MAX_COHERENT_EDGE, planTiles } from '../../src/world/tiles.js'

/** How a coherent picture differs from the exact one. */
export interface CoherentDifference {
  readonly pixels: number
  /** Pixels with a channel that is more than one level off, or not opaque. */
  readonly off: number
  /** The farthest, in levels. */
  readonly most: number
}

/** Draws a picture coherently, the frame stretched over it. @returns [height * width, 4] RGBA8 */
function drawCoherent(
  tileMaker: TileMaker,
  coherent: CoherentMaker,
  { network, tap, tone, frame, view, width, height }: ReadBackSpec,
  tolerance: number,
): Uint8Array {
  const { gl } = tileMaker
  const viewport = { width, height }
  const rect = { x: 0, y: 0, ...viewport }
  const item: Item = { network, tap: tap ?? null, tone: tone ?? null, frame, rect, cost: 1, unbounded: true }
  const scene = { items: [item], camera: cameraFromView(item, view, viewport), viewport, samples: 1 }
  const level = { step: 1, samples: 1, coherent: { tolerance, share: 1, leastEdge: MAX_COHERENT_EDGE } }
  const target = new Target(gl, width, height, 'rgba8')
  for (const tile of planTiles(scene.items, scene.camera, viewport, level, MAX_COHERENT_EDGE, [0, 0]))
    coherent.make(tile, scene, target)
  const levels = new Uint8Array(width * height * 4)
  gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer)
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, levels)
  target.dispose()
  return levels
}

export async function compareCoherent(
  tileMaker: TileMaker,
  spec: ReadBackSpec,
  tolerance: number,
): Promise<CoherentDifference> {
  const exact = await readLevels(tileMaker, spec, 1)
  const maker = await CoherentMaker.create(tileMaker)
  const coherent = drawCoherent(tileMaker, maker, spec, tolerance)
  maker.dispose()
  let [off, most] = [0, 0]
  for (let i = 0; i < exact.length; i += 4) {
    const levels = Math.max(...[0, 1, 2].map(channel => Math.abs(exact[i + channel] - coherent[i + channel])))
    if (levels > 1 || coherent[i + 3] !== 255) off++
    most = Math.max(most, levels)
  }
  return { pixels: exact.length / 4, off, most }
}

/**
 * Loses the context at every draw of a coherent picture in turn, and draws it again when it is back.
 * @param build everything on the context, anew
 * @returns how often it was lost, and in how many of those pictures a byte was another one afterwards
 */
export async function coherentLosses(
  gl: WebGL2RenderingContext,
  build: () => Promise<{ tileMaker: TileMaker; spec: ReadBackSpec }>,
  tolerance: number,
): Promise<{ losses: number; changed: number }> {
  const draw = async (before: (index: number) => void) => {
    const { tileMaker, spec } = await build()
    const maker = await CoherentMaker.create(tileMaker)
    let index = 0
    const { drawArrays } = gl
    gl.drawArrays = (...args) => {
      before(index++)
      drawArrays.apply(gl, args)
    }
    try {
      return { levels: drawCoherent(tileMaker, maker, spec, tolerance), draws: index }
    } finally {
      gl.drawArrays = drawArrays
      maker.dispose()
      tileMaker.dispose()
    }
  }
  const first = await draw(() => {})
  const loser = gl.getExtension('WEBGL_lose_context')
  let changed = 0
  for (let lost = 0; lost < first.draws; lost++) {
    const canvas = gl.canvas as HTMLCanvasElement
    const isLost = new Promise<void>(resolve =>
      canvas.addEventListener(
        'webglcontextlost',
        event => {
          event.preventDefault()
          resolve()
        },
        { once: true },
      ),
    )
    await draw(index => {
      if (index === lost) loser?.loseContext()
    })
    await isLost
    const isBack = new Promise(resolve => canvas.addEventListener('webglcontextrestored', resolve, { once: true }))
    setTimeout(() => loser?.restoreContext(), 0)
    await isBack
    const { levels } = await draw(() => {})
    if (levels.some((level, i) => level !== first.levels[i])) changed++
  }
  return { losses: first.draws, changed }
}
