// Reading back what the tile maker computes: raw outputs bit-exact, and displayed levels, tile by tile so that no draw
// is long and the page stays alive.

import type { DivergingTone } from '../model/diverging.js'
import type { Frame } from '../model/frame.js'
import { type SampleCount } from '../model/samples.js'
import type { Tap } from '../model/tap.js'
import { samplingOf, type View } from '../model/view.js'
import type { NetworkHandle } from '../world/item.js'
import { ContextLostError } from './errors.js'
import type { Lanes } from './shader-header.js'
import type { DrawKind } from './shader-source.js'
import { PACKED_FORMATS, Target } from './target.js'
import type { TileMaker } from './tile-maker.js'

/** A picture wanted from a network that a tile maker holds. */
export interface ReadBackSpec {
  readonly network: NetworkHandle
  /** The unit that is wanted; none for the head. */
  readonly tap?: Tap
  readonly tone?: DivergingTone
  readonly frame: Frame
  readonly view: View
  readonly width: number
  readonly height: number
}

// 2,048 pixels a draw: 30 ms on the slowest software GL known, fewer rows of a larger net.
const TILE = { width: 64, height: 32 }

/**
 * Draws a picture and reads the raw head outputs.
 * @returns [height * width, 3] float32, exactly as the shader computed them
 */
export function readRawOutputs(tileMaker: TileMaker, spec: Omit<ReadBackSpec, 'tap' | 'tone'>): Promise<Float32Array> {
  return readRaw(tileMaker, spec, [0, 1, 2])
}

/**
 * Draws a picture of a unit and reads its values.
 * @returns [height * width] float32, exactly as the shader computed them
 */
export function readTapValues(tileMaker: TileMaker, spec: ReadBackSpec & { readonly tap: Tap }): Promise<Float32Array> {
  return readRaw(tileMaker, spec, [spec.tap.unit % 4])
}

/** @param units which of the four of every pixel: [height * width, units] */
async function readRaw(tileMaker: TileMaker, spec: ReadBackSpec, units: readonly number[]): Promise<Float32Array> {
  await tileMaker.prepareRaw(spec.network, spec.tap)
  const raw = new Float32Array(spec.width * spec.height * units.length)
  const words = new Uint32Array(TILE.width * TILE.height * 4)
  const floats = new Float32Array(words.buffer)
  await forEachTile(tileMaker, spec, 'raw', 1, (rect, lanes, gl) => {
    const columns = Math.ceil(rect.width / lanes)
    for (let lane = 0; lane < lanes; lane++) {
      gl.readBuffer(gl.COLOR_ATTACHMENT0 + lane)
      gl.readPixels(0, 0, columns, rect.height, gl.RGBA_INTEGER, gl.UNSIGNED_INT, words)
      for (let row = 0; row < rect.height; row++)
        for (let column = lane; column < rect.width; column += lanes) {
          const from = (row * columns + (column - lane) / lanes) * 4
          const to = ((rect.y + row) * spec.width + rect.x + column) * units.length
          units.forEach((unit, i) => {
            raw[to + i] = floats[from + unit]
          })
        }
    }
  })
  return raw
}

/**
 * Draws a picture and reads the displayed 8-bit levels.
 * @returns [height * width, 4] RGBA8
 */
export async function readLevels(
  tileMaker: TileMaker,
  spec: ReadBackSpec,
  samples: SampleCount,
): Promise<Uint8ClampedArray> {
  if (spec.tap) await tileMaker.prepareTaps(spec.network)
  const levels = new Uint8ClampedArray(spec.width * spec.height * 4)
  // Whatever the format, four words a texel come back: the first ones are the lanes' pixels.
  const words = new Uint32Array(TILE.width * TILE.height * 4)
  const pixels = new Uint32Array(levels.buffer)
  await forEachTile(tileMaker, spec, 'tile', samples, (rect, lanes, gl) => {
    const columns = Math.ceil(rect.width / lanes)
    gl.readPixels(0, 0, columns, rect.height, gl.RGBA_INTEGER, gl.UNSIGNED_INT, words)
    for (let row = 0; row < rect.height; row++)
      for (let column = 0; column < rect.width; column++) {
        const texel = row * columns + Math.floor(column / lanes)
        pixels[(rect.y + row) * spec.width + rect.x + column] = words[4 * texel + (column % lanes)]
      }
  })
  return levels
}

async function forEachTile(
  tileMaker: TileMaker,
  { network, tap, tone, frame, view, width, height }: ReadBackSpec,
  kind: DrawKind,
  samples: SampleCount,
  read: (
    rect: { x: number; y: number; width: number; height: number },
    lanes: Lanes,
    gl: WebGL2RenderingContext,
  ) => void,
): Promise<void> {
  const { gl } = tileMaker
  const sampling = samplingOf(frame, view, width, height)
  const createTarget = (lanes: Lanes) => {
    const [format, attachments] =
      kind === 'raw' ? (['rgba32ui', lanes] as const) : ([PACKED_FORMATS[lanes], 1] as const)
    return new Target(gl, TILE.width / lanes, TILE.height, format, attachments)
  }
  let lanes = tileMaker.lanes
  let target = createTarget(lanes)
  try {
    const rows = Math.max(1, Math.min(TILE.height, Math.floor(TILE.height / tileMaker.cost(network))))
    for (let y = 0; y < height; y += rows)
      for (let x = 0; x < width; x += TILE.width) {
        const rect = { x, y, width: Math.min(TILE.width, width - x), height: Math.min(rows, height - y) }
        // Another variant may have taken over between two tiles.
        if (lanes !== tileMaker.lanes) {
          target.dispose()
          lanes = tileMaker.lanes
          target = createTarget(lanes)
        }
        gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer)
        tileMaker.draw(kind, {
          network,
          tap: tap ?? null,
          tone: tone ?? null,
          frame,
          sampling,
          viewport: { width, height },
          blocks: rect,
          step: 1,
          samples,
          origin: [x, y],
        })
        read(rect, lanes, gl)
        if (gl.isContextLost()) throw new ContextLostError()
        await new Promise(resolve => setTimeout(resolve, 0))
      }
  } finally {
    target.dispose()
  }
}
