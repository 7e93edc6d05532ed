// Octaves of sines: each input as sines and cosines of frequencies that double (NeRF's positional encoding). No parameters.

import type { LayerKind, LayerSpec } from './layer.js'

/**
 * In which order the sines and cosines come, x and y being the inputs: of an octave all sines and then all cosines, sin x, sin y, cos x,
 * cos y; or of an octave each input's two, sin x, cos x, sin y, cos y; or of an input all octaves' sines, then all its cosines; or all
 * sines first, octave after octave, then all cosines.
 */
export const OCTAVE_ORDERS = ['octave', 'pairs', 'input', 'function'] as const

export interface OctavesSpec extends LayerSpec {
  readonly kind: 'octaves'
  readonly inDim: number
  readonly count: number
  /** The frequency of the first octave, in radians a unit. */
  readonly scale: number
  /** Whether the inputs themselves come first. */
  readonly keepsInputs: boolean
  readonly order: (typeof OCTAVE_ORDERS)[number]
}

/** A value that an encoding gives: an input, or the sine or cosine of one. */
export interface Wave {
  readonly input: number
  /** In radians a unit; 0 for the input itself. */
  readonly frequency: number
  /** What is added to the angle: half of pi for a cosine. */
  readonly phase: number
}

/** A net is asked for its octaves at every point. */
const known = new WeakMap<OctavesSpec, readonly Wave[]>()

/** What octaves give, in order. */
export function wavesOf(layer: OctavesSpec): readonly Wave[] {
  const waves = known.get(layer) ?? listWaves(layer)
  known.set(layer, waves)
  return waves
}

function listWaves({ inDim, count, scale, keepsInputs, order }: OctavesSpec): readonly Wave[] {
  const inputs = Array.from({ length: inDim }, (_, input) => input)
  const octaves = Array.from({ length: count }, (_, k) => scale * 2 ** k)
  const phases = [0, Math.PI / 2]
  const kept = keepsInputs ? inputs.map(input => ({ input, frequency: 0, phase: 0 })) : []
  const waves = () => {
    switch (order) {
      case 'octave':
        return octaves.flatMap(frequency => phases.flatMap(phase => inputs.map(input => ({ input, frequency, phase }))))
      case 'pairs':
        return octaves.flatMap(frequency => inputs.flatMap(input => phases.map(phase => ({ input, frequency, phase }))))
      case 'input':
        return inputs.flatMap(input => phases.flatMap(phase => octaves.map(frequency => ({ input, frequency, phase }))))
      case 'function':
        return phases.flatMap(phase => octaves.flatMap(frequency => inputs.map(input => ({ input, frequency, phase }))))
    }
  }
  return [...kept, ...waves()]
}

export const octaves: LayerKind<OctavesSpec, OctavesSpec> = {
  isActivation: false,
  inDim: ({ inDim }) => inDim,
  outDim: ({ inDim, count, keepsInputs }) => inDim * (2 * count + (keepsInputs ? 1 : 0)),
  parameters: () => [],
  stepCounter: () => null,

  forward(out, input, layer, points, stride) {
    wavesOf(layer).forEach(({ input: i, frequency, phase }, o) => {
      for (let p = 0; p < points; p++) {
        const x = input[i * stride + p]
        out[o * stride + p] = frequency === 0 ? x : phase === 0 ? Math.sin(frequency * x) : Math.cos(frequency * x)
      }
    })
  },

  backward(out, gradients, layer, input) {
    const waves = wavesOf(layer)
    const columns = gradients.length / waves.length
    out.fill(0)
    waves.forEach(({ input: i, frequency, phase }, o) => {
      const angle = frequency * input[i]
      const slope = frequency === 0 ? 1 : frequency * (phase === 0 ? Math.cos(angle) : -Math.sin(angle))
      for (let c = 0; c < columns; c++) out[i * columns + c] += gradients[o * columns + c] * slope
    })
  },

  parameterFactors() {},
  diagonal: () => null,
}
