// Timing of the variants on this machine's GPU.

import { rendererName } from '../../src/gpu/context.js'
import { ContextLostError } from '../../src/gpu/errors.js'
import { gpuIdle } from '../../src/gpu/fence.js'
import { Target, type TargetFormat } from '../../src/gpu/target.js'
import type { FoldedNetwork } from '../../src/model/fold.js'
import type { Frame } from '../../src/model/frame.js'
import { levelsOf, referenceRows } from '../../src/model/picture.js'
import { wholeFrame } from '../../src/model/view.js'
import type { Rect } from '../../src/world/camera.js'
import { type CompiledVariant, compileVariant, VARIANTS } from './variants.js'

export interface VariantResult {
  readonly name: string
  /** Until a first small picture is drawn: many drivers compile only then. */
  readonly compileMs: number | null
  /** Net evaluations a second in millions, the median of the rounds; null where it did not run, see `failure`. */
  readonly megapixelsPerSecond: number | null
  readonly failure: string | null
}

export interface GpuBenchReport {
  readonly renderer: string
  readonly userAgent: string
  readonly picture: { readonly width: number; readonly height: number }
  readonly variants: readonly VariantResult[]
}

const PICTURE = { width: 2048, height: 1024 }
const FORMATS: Record<number, TargetFormat> = { 1: 'r32ui', 2: 'rg32ui', 4: 'rgba32ui' }
const ROUNDS = 5
const ROUND_MS = 400
/** A draw call is made no longer than about this: the page and the driver's watchdog stay calm. */
const DRAW_MS = 50
/** What is drawn first, to check it and because many drivers compile only then. */
const CHECKED = { width: 64, height: 32 }

/** A variant under way: how large a rectangle it draws at once, and how many of them make a round. */
interface Running {
  readonly name: string
  readonly lanes: number
  readonly compiled: CompiledVariant
  readonly target: Target
  rect: Rect
  draws: number
}

interface Outcome {
  compileMs: number | null
  readonly rates: number[]
  failure: string | null
}

/** Compiles and times every variant; rounds of all variants take turns, so that a slow moment hits all alike. */
export async function measureVariants(
  gl: WebGL2RenderingContext,
  folded: FoldedNetwork,
  frame: Frame,
  only: (name: string) => boolean,
  log: (line: string) => void,
): Promise<GpuBenchReport> {
  const renderer = rendererName(gl)
  const outcomes = new Map<string, Outcome>()
  const running: Running[] = []
  const expected = levelsOf(
    referenceRows({ folded, frame, view: wholeFrame(frame), ...CHECKED, samples: 1 }, 0, CHECKED.height),
  )
  for (const variant of VARIANTS.filter(({ name }) => only(name))) {
    const { name, lanes } = variant
    const outcome: Outcome = { compileMs: null, rates: [], failure: null }
    outcomes.set(name, outcome)
    log(`compiling: ${name}`)
    try {
      const startMs = performance.now()
      const compiled = await compileVariant(gl, variant, folded, frame)
      const target = new Target(gl, PICTURE.width / lanes, PICTURE.height, FORMATS[lanes])
      compiled.draw(CHECKED, { x: 0, y: 0, ...CHECKED })
      await gpuIdle(gl)
      outcome.compileMs = performance.now() - startMs
      checkColours(gl, lanes, expected)
      running.push({ name, lanes, compiled, target, rect: { x: 0, y: 0, width: 32, height: 32 }, draws: 1 })
    } catch (error) {
      outcome.failure = (error instanceof Error ? error.message : String(error)).split('\n')[0]
    }
  }
  for (let round = 0; round <= ROUNDS; round++)
    for (const variant of running) {
      const outcome = outcomes.get(variant.name) as Outcome
      if (outcome.failure !== null) continue
      log(`round ${round} of ${ROUNDS}: ${variant.name}`)
      try {
        if (round === 0) await warmUp(gl, variant)
        else outcome.rates.push(await measureRound(gl, variant))
      } catch (error) {
        outcome.failure = error instanceof Error ? error.message : String(error)
      }
    }
  for (const { compiled, target } of running) {
    compiled.dispose()
    target.dispose()
  }
  return {
    renderer,
    userAgent: navigator.userAgent,
    picture: PICTURE,
    variants: [...outcomes].map(([name, { compileMs, rates, failure }]) => ({
      name,
      compileMs,
      megapixelsPerSecond: failure === null && rates.length > 0 ? median(rates) : null,
      failure,
    })),
  }
}

/**
 * Holds the bound framebuffer against the reference's colours, 1 level of rounding apart: a fast shader must be right, too.
 * @param expected RGBA8 of the CHECKED picture
 */
function checkColours(gl: WebGL2RenderingContext, lanes: number, expected: Uint8ClampedArray): void {
  const columns = CHECKED.width / lanes
  // Whatever the format, four words a texel come back; the first `lanes` are pixels.
  const words = new Uint32Array(columns * CHECKED.height * 4)
  gl.readPixels(0, 0, columns, CHECKED.height, gl.RGBA_INTEGER, gl.UNSIGNED_INT, words)
  if (gl.isContextLost()) throw new ContextLostError()
  for (let pixel = 0; pixel < CHECKED.width * CHECKED.height; pixel++) {
    const word = words[Math.floor(pixel / lanes) * 4 + (pixel % lanes)]
    for (let channel = 0; channel < 4; channel++) {
      const level = (word >>> (8 * channel)) & 0xff
      const wanted = expected[4 * pixel + channel]
      if (Math.abs(level - wanted) > 1)
        throw new Error(`wrong colours: pixel ${pixel} channel ${channel}: expected ${wanted}, got ${level}`)
    }
  }
}

/** Finds how much to draw at once: squares, as no GPU is at its best with rows, up to a whole picture. */
async function warmUp(gl: WebGL2RenderingContext, variant: Running): Promise<void> {
  for (;;) {
    const { width, height } = variant.rect
    const elapsedMs = await timeDraws(gl, variant)
    if (elapsedMs > DRAW_MS / 2 || (width === PICTURE.width && height === PICTURE.height)) {
      variant.draws = drawsOfARound(variant, elapsedMs)
      // On a fast GPU one draw is mostly waiting: count again with many.
      if (elapsedMs < DRAW_MS / 2) variant.draws = drawsOfARound(variant, await timeDraws(gl, variant))
      return
    }
    const isWider = width > height
    variant.rect = { x: 0, y: 0, width: isWider ? width : width * 2, height: isWider ? height * 2 : height }
  }
}

async function measureRound(gl: WebGL2RenderingContext, variant: Running): Promise<number> {
  const { rect, draws } = variant
  const elapsedMs = await timeDraws(gl, variant)
  variant.draws = drawsOfARound(variant, elapsedMs)
  return (draws * rect.width * rect.height) / elapsedMs / 1000
}

function drawsOfARound({ draws }: Running, elapsedMs: number): number {
  return Math.max(1, Math.round((draws * ROUND_MS) / Math.max(elapsedMs, 1)))
}

/** Milliseconds of a round's draws, one after the other, waited for once: a page sees an end some milliseconds late. */
async function timeDraws(gl: WebGL2RenderingContext, { compiled, target, rect, draws }: Running): Promise<number> {
  gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer)
  const columns = PICTURE.width / rect.width
  const count = columns * (PICTURE.height / rect.height)
  const startMs = performance.now()
  for (let draw = 0; draw < draws; draw++) {
    // All over the picture: spread, so that a few draws are no corner of it.
    const place = (draw * 37) % count
    const x = (place % columns) * rect.width
    compiled.draw(PICTURE, { ...rect, x, y: Math.floor(place / columns) * rect.height })
  }
  await gpuIdle(gl)
  // A lost context is done with everything at once.
  if (gl.isContextLost()) throw new ContextLostError()
  return performance.now() - startMs
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}
