// The proof: this machine's shader (or whatever else draws) against the float64 reference over a whole frame, and once more
// where float32 coordinates would fail, a million times deep.

import { INPUT_DIM } from '../model/architecture.js'
import { type FoldedNetwork, foldNetwork } from '../model/fold.js'
import type { Frame } from '../model/frame.js'
import type { Network } from '../model/network.js'
import { levelsOf } from '../model/picture.js'
import { evaluateFolded } from '../model/reference.js'
import { applyTone, toneOf } from '../model/tone.js'
import { inputsOfPixels, samplingOf, type View, wholeFrame } from '../model/view.js'
import { rendererName } from './context.js'
import { readLevels, readRawOutputs } from './read-back.js'
import type { TileMaker } from './tile-maker.js'

/** What {@link measureParity} found. Errors are of raw head outputs. */
export interface ParityReport {
  readonly renderer: string
  readonly width: number
  readonly height: number
  /** What the whole range of a colour is in raw outputs: 1, or 255, or 2. */
  readonly outputRange: number
  readonly maxAbs: number
  readonly meanAbs: number
  /** Largest difference of the displayed 8-bit picture, in levels. */
  readonly maxLevel: number
  /** As maxAbs, of the net magnified a million times about a point and looked at a million times deep. */
  readonly deepMaxAbs: number
}

/**
 * What honest float32 arithmetic stays within. PyTorch's own float32 differs from its float64 by 2e-5 on these nets;
 * ten times that leaves room for a driver's exp and order of sums. At the deep view the first layer's weights are a
 * million times larger and rounded to float32: the error of the input is a few 1e-8 of the view, times the slopes.
 */
export const PARITY_TOLERANCE = { maxAbs: 2e-4, maxLevel: 1, deepMaxAbs: 1e-3 } as const

/** Whether a report is within {@link PARITY_TOLERANCE}, as a share of the outputs' range; NaN is not. */
export function isWithinTolerance(report: ParityReport): boolean {
  return (
    report.maxAbs <= PARITY_TOLERANCE.maxAbs * report.outputRange &&
    report.maxLevel <= PARITY_TOLERANCE.maxLevel &&
    report.deepMaxAbs <= PARITY_TOLERANCE.deepMaxAbs * report.outputRange
  )
}

/** A report as people read it, with the limits that hold for these outputs; without a newline at its end. */
export function parityText(report: ParityReport): string {
  const { maxAbs, maxLevel, deepMaxAbs } = PARITY_TOLERANCE
  return [
    `renderer       ${report.renderer}`,
    `picture        ${report.width} x ${report.height}`,
    `largest error  ${report.maxAbs.toExponential(2)} (limit ${maxAbs * report.outputRange})`,
    `mean error     ${report.meanAbs.toExponential(2)}`,
    `8-bit levels   ${report.maxLevel} (limit ${maxLevel})`,
    `1,000,000x     ${report.deepMaxAbs.toExponential(2)} (limit ${deepMaxAbs * report.outputRange})`,
  ].join('\n')
}

/** Depth of the deep view. */
const DEEP_ZOOM = 1e6

/** What is compared with the reference. */
export interface ParitySubject {
  /** For people: `renderer` of the report. */
  readonly name: string
  /** Draws a picture: raw head outputs [height * width, 3] and RGBA8 levels [height * width, 4]. */
  measure(
    folded: FoldedNetwork,
    frame: Frame,
    view: View,
    size: { readonly width: number; readonly height: number },
  ): Promise<{ readonly raw: ArrayLike<number>; readonly levels: ArrayLike<number> }>
}

/** The shader as a subject; it leaves nothing behind on the GPU. */
export function shaderSubject(tileMaker: TileMaker): ParitySubject {
  return {
    name: rendererName(tileMaker.gl),
    async measure(folded, frame, view, size) {
      const network = await tileMaker.addNetwork(folded)
      try {
        const raw = await readRawOutputs(tileMaker, { network, frame, view, ...size })
        return { raw, levels: await readLevels(tileMaker, { network, frame, view, ...size }, 1) }
      } finally {
        tileMaker.removeNetwork(network)
      }
    },
  }
}

/** Compares shader and reference over the whole frame at a size in pixels; leaves nothing behind on the GPU. */
export function measureParity(
  tileMaker: TileMaker,
  network: Network,
  frame: Frame,
  size: { readonly width: number; readonly height: number },
): Promise<ParityReport> {
  return measureSubject(shaderSubject(tileMaker), network, frame, size)
}

/** Compares a subject and the reference over the whole frame at a size in pixels. */
export async function measureSubject(
  subject: ParitySubject,
  network: Network,
  frame: Frame,
  size: { readonly width: number; readonly height: number },
): Promise<ParityReport> {
  const folded = foldNetwork(network)
  const whole = wholeFrame(frame)
  const reference = await referenceOutputs(folded, frame, whole, size)
  const { raw, levels } = await subject.measure(folded, frame, whole, size)
  const deepView: View = {
    x: whole.x + DEEP_OFFSET[0] * (frame.x[1] - frame.x[0]),
    y: whole.y + DEEP_OFFSET[1] * (frame.y[1] - frame.y[0]),
    zoom: DEEP_ZOOM,
  }
  const magnified = magnifyNetwork(network, frame, deepView)
  const deep = await subject.measure(magnified ? foldNetwork(magnified) : folded, frame, deepView, size)
  const deepReference = magnified ? reference : await referenceOutputs(folded, frame, deepView, size)
  const { maxAbs, meanAbs } = compareOutputs(raw, reference)
  const deepMaxAbs = compareOutputs(deep.raw, deepReference).maxAbs
  // The tone is applied in place: the raw reference is not needed any more.
  const referenceLevels = levelsOf(applyTone(reference, toneOf(frame)))
  return {
    renderer: subject.name,
    ...size,
    outputRange: 1 / toneOf(frame).scale,
    maxAbs,
    meanAbs,
    maxLevel: compareOutputs(levels, referenceLevels).maxAbs,
    deepMaxAbs,
  }
}

// Off the middle, where a flag usually is plain, and off every round number.
const DEEP_OFFSET = [-0.137, -0.121] as const

/**
 * Makes a network that hides the whole picture in one point: through `view` (its zoom k, its centre c) it shows what the
 * original shows at 1x. W1' = k W1 and b1' = b1 + W1 (m - k c), with m the net's inputs at the middle of the frame. A
 * shader that rounds coordinates in float32 draws it wrong by whole pixels and more.
 * @returns null for a network whose first layer is not linear: then what it shows there itself is compared
 */
function magnifyNetwork(network: Network, frame: Frame, view: View): Network | null {
  const { kind } = network.layers[0]
  if (kind !== 'linear' && kind !== 'blocks') return null
  const middle = wholeFrame(frame)
  const shift = [middle.x - view.zoom * view.x, middle.y - view.zoom * view.y]
  if (frame.order === 'yx') shift.reverse()
  const layers = network.layers.map((layer, index) => {
    if (index > 0 || (layer.kind !== 'linear' && layer.kind !== 'blocks')) return layer
    // Of sub-networks side by side, too: each takes the two coordinates.
    const row = (o: number) => layer.weight.subarray(o * INPUT_DIM, (o + 1) * INPUT_DIM)
    return {
      ...layer,
      weight: layer.weight.map(w => w * view.zoom),
      bias: layer.bias.map((b, o) => row(o).reduce((sum, w, i) => sum + w * shift[i], b)),
    }
  })
  return { ...network, layers }
}

/** Raw reference outputs of a picture, [height * width, 3], computed in slices so that the page stays alive. */
async function referenceOutputs(
  folded: FoldedNetwork,
  frame: Frame,
  view: View,
  size: { readonly width: number; readonly height: number },
): Promise<Float64Array> {
  const out = new Float64Array(size.width * size.height * 3)
  const sampling = samplingOf(frame, view, size.width, size.height)
  const inputs = new Float64Array(size.width * 2)
  let sliceStart = performance.now()
  for (let y = 0; y < size.height; y++) {
    inputsOfPixels(inputs, sampling, frame.order, size, { x: 0, y, width: size.width, height: 1 })
    evaluateFolded(out.subarray(y * size.width * 3, (y + 1) * size.width * 3), folded, inputs)
    if (performance.now() - sliceStart > SLICE_MS) {
      await new Promise(resolve => setTimeout(resolve, 0))
      sliceStart = performance.now()
    }
  }
  return out
}

const SLICE_MS = 10

/** Largest and mean absolute difference; NaN anywhere gives NaN. */
export function compareOutputs(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
): { maxAbs: number; meanAbs: number } {
  if (actual.length !== expected.length) throw new Error(`comparing ${actual.length} values with ${expected.length}`)
  let maxAbs = 0
  let sum = 0
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i] - expected[i])
    sum += difference
    // Written so that NaN wins and stays.
    if (!(difference <= maxAbs)) maxAbs = Number.isNaN(maxAbs) ? maxAbs : difference
  }
  return { maxAbs, meanAbs: sum / Math.max(1, expected.length) }
}
