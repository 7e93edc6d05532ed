// What a kind of layer is: one object that knows everything of it that evaluating, differentiating, folding, reading and drawing
// at random ask for. A new kind is a file beside this one and a line in kinds.ts. Dimension letters: i units taken, o units
// given, d units where these are the same, p points side by side, c raw outputs.

/** What every layer says of itself; the kinds add their widths. Dims are numbers of units. */
export interface LayerSpec {
  readonly kind: string
  readonly name: string
}

/** The field in which a layer holds a tensor's values. */
export type ParameterRole = 'weight' | 'bias' | 'runningMean' | 'runningVar'

/** What a tensor of a layer is called and how it must be shaped. */
export interface ParameterSpec {
  readonly name: string
  readonly role: ParameterRole
  /** [o, i] for a linear layer's weight, [d] for all others. */
  readonly shape: readonly number[]
  /** Learnable parameters are counted; running statistics are not. */
  readonly learnable: boolean
  /** Whether its values must not be negative. */
  readonly isVariance: boolean
  /** Where training begins: a number, or evenly drawn from -within to within. */
  readonly initial: number | { readonly within: number }
}

/** A map of each unit for itself: scale * x + shift. */
export interface Diagonal {
  /** [d] */
  readonly scale: Float64Array
  /** [d] */
  readonly shift: Float64Array
}

/**
 * A kind of layer. `S` is what an architecture says of it, `L` the layer with its values: the same, and for each parameter a
 * Float64Array in the field of its role.
 */
export interface LayerKind<S extends LayerSpec, L extends S> {
  /** Whether it is a function of each unit that bends: what stands between affine layers. */
  readonly isActivation: boolean
  inDim(layer: S): number
  outDim(layer: S): number
  /** The tensors that a layer owns, in PyTorch's order. */
  parameters(layer: S): readonly ParameterSpec[]
  /** The name of the I64 tensor in which PyTorch counts the layer's training steps; null for most kinds. */
  stepCounter(layer: S): string | null
  /**
   * Evaluates points in inference mode.
   * @param out [o, stride], its first `points` columns written
   * @param input [i, stride]; never `out` itself
   */
  forward(out: Float64Array, input: Float64Array, layer: L, points: number, stride: number): void
  /**
   * Brings derivatives by what a layer gave to those by what it took, at one point.
   * @param out [i, c], written
   * @param gradients [o, c]
   * @param input [i]: what the layer took
   */
  backward(out: Float64Array, gradients: Float64Array, layer: L, input: Float64Array): void
  /**
   * How what a layer gives changes with its parameters of one role, at one point. A vector [d]: value d by parameter d. A linear
   * layer's weight: value o by parameter [o, i], the same for every o.
   * @param out at least [d], or [i] for a linear layer's weight; written
   * @param input [i]: what the layer took
   */
  parameterFactors(out: Float64Array, role: ParameterRole, layer: L, input: Float64Array): void
  /** Of a layer that is diagonal at inference, so that it can be folded into a linear one; null for all others. */
  diagonal(layer: L): Diagonal | null
}
