// Which renderer is taken: what the address says, else WebGL where a GPU runs it. Where WebGL is software, by its name or by
// its pace, both are timed on tiles of the view, and the faster is taken.

import type { SampleCount } from '../model/samples.js'
import type { Scene } from '../world/scheduler.js'
import type { Tile } from '../world/tiles.js'
import type { Renderer } from './renderer.js'

/** What `?renderer=` in the address asks for, null for nothing that is known. */
export function rendererOverride(search: string): Renderer['kind'] | null {
  const value = new URLSearchParams(search).get('renderer')
  return value === 'cpu' || value === 'webgl' ? value : null
}

/** Whether a GL renderer's name is that of one that computes on the processor. */
export function isSoftwareGl(name: string): boolean {
  return /swiftshader|llvmpipe|softpipe|lavapipe|software|basic render|\bswr\b/i.test(name)
}

/** Net evaluations a millisecond below which a maker counts as slow. Software GL makes 100 to 200 on two cores. */
export const SLOW_PER_MS = 1000
/** Work after which a pace is believed: a GPU that is fast has shown it long before. */
const BELIEVED_AFTER_MS = 500

/**
 * Whether WebGL is as slow as if it were software, whatever its name: WebKit says "Apple GPU" of llvmpipe, too.
 * @param workMs milliseconds that its batches took so far
 * @param perMs net evaluations a millisecond, as the scheduler estimates them by then
 */
export function isSlowGl(workMs: number, perMs: number): boolean {
  return workMs >= BELIEVED_AFTER_MS && perMs < SLOW_PER_MS
}

// Blocks an edge: 10 ms on software GL, so that the page stays smooth meanwhile.
const TILE_EDGE = 64
const ENOUGH_MS = 20
const MAX_TILES = 64

/**
 * Net evaluations a millisecond on tiles around the middle of a scene; 0 where nothing is seen.
 * @param samples of each pixel: more are more work a draw
 * @param maxTiles how many are timed at most
 */
export async function measureRate(
  renderer: Pick<Renderer, 'time'>,
  scene: Scene,
  { samples, maxTiles }: { samples: SampleCount; maxTiles: number } = { samples: 1, maxTiles: MAX_TILES },
): Promise<number> {
  const [item] = scene.items
  const { width, height } = scene.viewport
  if (!item || width === 0 || height === 0) return 0
  const tileWidth = Math.min(TILE_EDGE, width)
  const tileHeight = Math.min(TILE_EDGE, height)
  // A multiple of four, as tiles begin.
  const x = Math.floor((width - tileWidth) / 8) * 4
  const blocks = { x, y: Math.floor((height - tileHeight) / 2), width: tileWidth, height: tileHeight }
  const tile: Tile = { item, blocks, shown: blocks, step: 1, samples }
  // The first one warms up: what is compiled or loaded at first use is not what is asked for.
  await renderer.time([tile], scene)
  for (let count = 1; ; count *= 2) {
    const elapsedMs = await renderer.time(
      Array.from({ length: count }, () => tile),
      scene,
    )
    if (elapsedMs >= ENOUGH_MS || count >= maxTiles)
      return (count * tileWidth * tileHeight * samples * item.cost) / Math.max(elapsedMs, 0.1)
  }
}
