// What an encoding makes of the coordinates of a picture's pixels, as look-ups: a number by column and a number by row, joined. A sine
// of both at once is sin a cos b + cos a sin b.

import { UnsupportedError } from '../model/errors.js'
import type { Layer, NetworkLayer } from '../model/layers/kinds.js'
import { wavesOf } from '../model/layers/octaves.js'
import { wavePlaces } from '../model/layers/waves.js'

type Of = (coordinate: number) => number

/** Functions of x by column and of y by row; see assembly/features.ts. */
export interface InputFeature {
  /** 0: a(x), 1: b(y), 2: sqrt(a(x) + b(y)), 3: a(x) b(y) + c(x) d(y) */
  readonly opcode: 0 | 1 | 2 | 3
  readonly a?: Of
  readonly b?: Of
  readonly c?: Of
  readonly d?: Of
}

/** Tables that a feature has: of column, of row, of column, of row. */
export const FEATURE_TABLES = ['a', 'b', 'c', 'd'] as const

const same: Of = value => value

/**
 * The features of an encoding, in order.
 * @param layers with their values, where they have any; none: the two coordinates
 * @throws UnsupportedError for an encoding of another make
 */
export function inputFeatures(layers: readonly NetworkLayer[]): InputFeature[] {
  const [first, second] = layers
  if (!first) return [onX(same), onY(same)]
  if (layers.length === 1 && first.kind === 'inputs') return first.features.map(derived)
  if (layers.length === 1 && first.kind === 'octaves')
    return wavesOf(first).map(({ input, frequency, phase }) => {
      if (frequency === 0) return input === 0 ? onX(same) : onY(same)
      const wave: Of = value => (phase === 0 ? Math.sin(frequency * value) : Math.cos(frequency * value))
      return input === 0 ? onX(wave) : onY(wave)
    })
  if (layers.length === 2 && first.kind === 'linear' && second.kind === 'waves') {
    const { weight, bias } = first
    return wavePlaces(second).map(({ unit, isCosine }) => {
      const [k, l, phase] = [weight[2 * unit], weight[2 * unit + 1], bias[unit]].map(value => value * second.scale)
      const across: Of = x => k * x + phase
      const down: Of = y => l * y
      const [sinX, cosX, sinY, cosY] = [across, down].flatMap((angle): Of[] => [
        value => Math.sin(angle(value)),
        value => Math.cos(angle(value)),
      ])
      return isCosine
        ? { opcode: 3, a: cosX, b: cosY, c: value => -sinX(value), d: sinY }
        : { opcode: 3, a: sinX, b: cosY, c: cosX, d: sinY }
    })
  }
  throw new UnsupportedError(`${first.name}: this encoding is not trained behind`)
}

function derived(feature: Extract<Layer, { kind: 'inputs' }>['features'][number]): InputFeature {
  switch (feature) {
    case 'x':
      return onX(same)
    case 'y':
      return onY(same)
    case 'radius':
      return { opcode: 2, a: x => x * x, b: y => y * y }
    case 'one':
      return onX(() => 1)
  }
}

function onX(a: Of): InputFeature {
  return { opcode: 0, a }
}

function onY(b: Of): InputFeature {
  return { opcode: 1, b }
}
