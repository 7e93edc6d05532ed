// Timing of the variants on this machine's GPU.

import { rendererName } from '../../src/gpu/context.js'
import { gpuIdle } from '../../src/gpu/fence.js'
import { Target, type TargetFormat } from '../../src/gpu/target.js'
import type { FoldedNetwork } from '../../src/model/fold.js'
import type { Frame } from '../../src/model/frame.js'
import { type CompiledVariant, compileVariant, VARIANTS } from './variants.js'

export interface VariantResult {
  readonly name: string
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

/** Compiles and times every variant; rounds of all variants take turns, so that a slow moment hits all alike. */
export async function measureVariants(
  gl: WebGL2RenderingContext,
  folded: FoldedNetwork,
  frame: Frame,
  only: (name: string) => boolean,
  log: (line: string) => void,
): Promise<GpuBenchReport> {
  const results = new Map<string, { compileMs: number | null; rates: number[]; failure: string | null }>()
  const running: { name: string; lanes: number; compiled: CompiledVariant; rows: number }[] = []
  for (const variant of VARIANTS.filter(({ name }) => only(name))) {
    log(`compiling: ${variant.name}`)
    try {
      const compiled = await compileVariant(gl, variant, folded, frame)
      running.push({ name: variant.name, lanes: variant.lanes, compiled, rows: 1 })
      results.set(variant.name, { compileMs: compiled.compileMs, rates: [], failure: null })
    } catch (error) {
      const failure = (error instanceof Error ? error.message : String(error)).split('\n')[0]
      results.set(variant.name, { compileMs: null, rates: [], failure })
    }
  }
  for (let round = 0; round <= ROUNDS; round++)
    for (const variant of running) {
      log(`round ${round} of ${ROUNDS}: ${variant.name}`)
      const rate = await measureRound(gl, variant)
      // The first round warms up and finds the size of a draw.
      if (round > 0) results.get(variant.name)?.rates.push(rate)
    }
  for (const { compiled } of running) compiled.dispose()
  return {
    renderer: rendererName(gl),
    userAgent: navigator.userAgent,
    picture: PICTURE,
    variants: [...results].map(([name, { compileMs, rates, failure }]) => ({
      name,
      compileMs,
      megapixelsPerSecond: rates.length > 0 ? median(rates) : null,
      failure,
    })),
  }
}

async function measureRound(
  gl: WebGL2RenderingContext,
  variant: { lanes: number; compiled: CompiledVariant; rows: number },
): Promise<number> {
  const { lanes, compiled } = variant
  const target = new Target(gl, PICTURE.width / lanes, PICTURE.height, FORMATS[lanes])
  let pixels = 0
  let busyMs = 0
  let y = 0
  while (busyMs < ROUND_MS) {
    const rows = Math.min(variant.rows, PICTURE.height - y)
    const startMs = performance.now()
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer)
    compiled.draw(PICTURE, y, rows)
    await gpuIdle(gl)
    const elapsedMs = performance.now() - startMs
    busyMs += elapsedMs
    pixels += rows * PICTURE.width
    y = (y + rows) % PICTURE.height
    if (elapsedMs < DRAW_MS / 2) variant.rows = Math.min(PICTURE.height, variant.rows * 2)
    else if (elapsedMs > DRAW_MS) variant.rows = Math.max(1, Math.floor(variant.rows / 2))
  }
  target.dispose()
  return pixels / busyMs / 1000
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}
