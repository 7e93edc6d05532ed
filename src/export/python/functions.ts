// Activations and what stands around a network's layers, as expressions that numpy and torch both understand: L is either of them.

import { UnsupportedError } from '../../model/errors.js'
import type { Activation, NetworkLayer } from '../../model/layers/kinds.js'
import type { InputsSpec } from '../../model/layers/inputs.js'
import { wavesOf } from '../../model/layers/octaves.js'

/** Of `x`, by the kind of an activation; exact GELU each of them has in its own way. */
const EXPRESSIONS: Readonly<Record<Exclude<Activation['kind'], 'gelu'>, (numbers: Activation) => string>> = {
  geluTanh: () => '0.5 * x * (1 + L.tanh(0.7978845608028654 * (x + 0.044715 * x**3)))',
  relu: () => 'L.where(x > 0, x, 0 * x)',
  leakyRelu: ({ slope }) => `L.where(x > 0, x, ${slope} * x)`,
  silu: () => 'x / (1 + L.exp(L.clip(-x, -80, 80)))',
  tanh: () => 'L.tanh(x)',
  sigmoid: () => '1 / (1 + L.exp(L.clip(-x, -80, 80)))',
  sine: ({ frequency }) => (frequency === 1 ? 'L.sin(x)' : `L.sin(${frequency} * x)`),
  gaussian: ({ width }) => `L.exp(-0.5 * (x / ${width}) ** 2)`,
}

export type Library = 'np' | 'torch'

/** An activation of `x`. @param gelu how exact GELU is written */
export function bendText(activation: Activation, library: Library, gelu: string): string {
  const { kind } = activation
  return kind === 'gelu' ? gelu : inLibrary(EXPRESSIONS[kind](activation), library)
}

/** What happens to `x` in a layer without parameters: the lines of it. @throws UnsupportedError for a kind that is not known here */
export function plainLayerText(layer: NetworkLayer, library: Library, axis: 'axis' | 'dim'): string {
  const side = (values: readonly string[]) => inLibrary(`L.stack([${values.join(', ')}], ${axis}=-1)`, library)
  switch (layer.kind) {
    case 'octaves': {
      const waves = wavesOf(layer).map(({ input, frequency, phase }) => [input, frequency, phase === 0 ? 0 : 1])
      const value = `x[..., i] if f == 0 else (L.cos if c else L.sin)(f * x[..., i])`
      return inLibrary(`L.stack([${value} for i, f, c in ${JSON.stringify(waves)}], ${axis}=-1)`, library)
    }
    case 'inputs':
      return side(layer.features.map(feature => FEATURE_TEXTS[feature]))
    case 'waves': {
      const [sines, cosines] = ['L.sin(x)', 'L.cos(x)'].map(text => text.replace('x', `${layer.scale} * x`))
      if (layer.order === 'pairs')
        return inLibrary(`L.stack([${sines}, ${cosines}], ${axis}=-1).reshape(*x.shape[:-1], -1)`, library)
      const both = layer.order === 'sin-cos' ? [sines, cosines] : [cosines, sines]
      return inLibrary(`L.concatenate([${both.join(', ')}], ${axis}=-1)`, library)
    }
    case 'grey':
      return inLibrary(`L.concatenate([x, x, x], ${axis}=-1)`, library)
    case 'alpha':
      return inLibrary('1 + (x[..., :3] - 1) * L.clip(x[..., 3:], 0, 1)', library)
    default:
      throw new UnsupportedError(`python: ${layer.name} is of a kind that it does not know: ${layer.kind}`)
  }
}

const FEATURE_TEXTS: Readonly<Record<InputsSpec['features'][number], string>> = {
  x: 'x[..., 0]',
  y: 'x[..., 1]',
  radius: 'L.hypot(x[..., 0], x[..., 1])',
  one: 'L.ones_like(x[..., 0])',
}

function inLibrary(text: string, library: Library): string {
  const named = library === 'torch' ? text.replaceAll('L.concatenate', 'L.cat') : text
  return named.replaceAll('L.', `${library}.`)
}
