// Coherent pictures by WebGL beside those of every pixel: the painter's own, a level at a time, in turns.

import { STILL_TOLERANCE } from '../../src/kernel/density.js'
import { gpuIdle } from '../../src/gpu/fence.js'
import { rendererName } from '../../src/gpu/context.js'
import { Painter } from '../../src/gpu/painter.js'
import { TileMaker } from '../../src/gpu/tile-maker.js'
import { foldNetwork } from '../../src/model/fold.js'
import { createNetwork } from '../../src/model/network.js'
import type { StateDict } from '../../src/model/state-dict.js'
import { readFrame } from '../../src/model/summary.js'
import type { View } from '../../src/model/view.js'
import { cameraFromView, type Item } from '../../src/world/item.js'
import type { Scene } from '../../src/world/scheduler.js'
import { MAX_COHERENT_EDGE, type Level, planTiles } from '../../src/world/tiles.js'

/** One view of a net. */
export interface CoherentPicture {
  readonly renderer: string
  readonly view: View
  readonly exactMs: number
  readonly coherentMs: number
  /** Of all pixels those with a channel that is more than one level from the exact picture's. */
  readonly shareOff: number
  readonly mostLevels: number
}

const PICTURE = { width: 1920, height: 1080 }
const TURNS = 2
/** Between two fences. */
const TILES_A_BATCH = 4
const EXACT: Level = { step: 1, samples: 1 }
const COHERENT: Level = {
  step: 1,
  samples: 1,
  coherent: { tolerance: STILL_TOLERANCE, share: 1, leastEdge: MAX_COHERENT_EDGE },
}

/** Times both of every view, the frame stretched to fill the picture. */
export async function measureCoherentPictures(
  gl: WebGL2RenderingContext,
  stateDict: StateDict,
  views: readonly View[],
): Promise<CoherentPicture[]> {
  gl.canvas.width = PICTURE.width
  gl.canvas.height = PICTURE.height
  const tileMaker = new TileMaker(gl)
  const painter = await Painter.create(tileMaker)
  while (!painter.hasCoherence) await new Promise(resolve => setTimeout(resolve, 1))
  const { frame } = readFrame(stateDict)
  const network = await tileMaker.addNetwork(foldNetwork(createNetwork(stateDict)))
  const rect = { x: 0, y: 0, ...PICTURE }
  const item: Item = { network, tap: null, tone: null, frame, rect, cost: 1, unbounded: true }
  const pictures: CoherentPicture[] = []
  for (const view of views) {
    const camera = cameraFromView(item, view, PICTURE)
    const scene: Scene = { items: [item], camera, viewport: PICTURE, samples: 1 }
    const draw = async (level: Level) => {
      const tiles = planTiles(scene.items, camera, PICTURE, level, MAX_COHERENT_EDGE, [0, 0])
      const startMs = performance.now()
      for (let first = 0; first < tiles.length; first += TILES_A_BATCH) {
        const batch = tiles.slice(first, first + TILES_A_BATCH)
        const [beginsLevel, completesLevel] = [first === 0, first + TILES_A_BATCH >= tiles.length]
        painter.paint({ tiles: batch, evaluations: 0, scene, level, beginsLevel, completesLevel, stills: null })
        await gpuIdle(gl)
      }
      const ms = performance.now() - startMs
      painter.present(camera, PICTURE, [0, 0, 0], true, [])
      const pixels = new Uint8Array(PICTURE.width * PICTURE.height * 4)
      gl.readPixels(0, 0, PICTURE.width, PICTURE.height, gl.RGBA, gl.UNSIGNED_BYTE, pixels)
      return { ms, pixels }
    }
    // The first draw of each compiles, and is seen by nobody.
    const [exact, coherent] = [[await draw(EXACT)], [await draw(COHERENT)]]
    for (let turn = 1; turn < TURNS; turn++) {
      exact.push(await draw(EXACT))
      coherent.push(await draw(COHERENT))
    }
    const least = (turns: readonly { ms: number }[]) => Math.min(...turns.map(({ ms }) => ms))
    const difference = compare(exact[0].pixels, coherent[0].pixels)
    pictures.push({
      renderer: rendererName(gl),
      view,
      exactMs: least(exact),
      coherentMs: least(coherent),
      ...difference,
    })
  }
  painter.dispose()
  tileMaker.dispose()
  return pictures
}

function compare(exact: Uint8Array, coherent: Uint8Array): Pick<CoherentPicture, 'shareOff' | 'mostLevels'> {
  let [off, mostLevels] = [0, 0]
  for (let i = 0; i < exact.length; i += 4) {
    let levels = 0
    for (let channel = 0; channel < 3; channel++)
      levels = Math.max(levels, Math.abs(exact[i + channel] - coherent[i + channel]))
    if (levels > 1) off++
    mostLevels = Math.max(mostLevels, levels)
  }
  return { shareOff: off / (exact.length / 4), mostLevels }
}
