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

/** What an architecture may say of an activation besides its kind: numbers by name. */
export type ActivationOptions = Readonly<Record<string, number>>

/** What a tensor of a layer is called and how it must be shaped. */
export interface ParameterSpec {
  readonly name: string
  readonly role: ParameterRole
  /** [o, i] for a linear layer's weight, [d] for all others. */
  readonly shape: readonly number[]
  /** Where its values begin in the field of its role, where several tensors share that; absent: they are all of it. */
  readonly at?: number
  /** Whether the file has the matrix turned over, [i, o]. */
  readonly isTransposed?: boolean
  /** Learnable parameters are counted; running statistics are not. */
  readonly learnable: boolean
  /** Whether its values must not be negative. */
  readonly isVariance: boolean
  /** Where training begins: a number, or evenly drawn from -within to within, or normally around 0. */
  readonly initial: number | { readonly within: number } | { readonly deviation: number }
}

/** A map of each unit for itself: scale * x + shift. */
export interface Diagonal {
  /** [d] */
  readonly scale: Float64Array
  /** [d] */
  readonly shift: Float64Array
}

/** Units of a part of a layer that is block-diagonal. */
export interface Block {
  readonly inDim: number
  readonly outDim: number
}

/** What an affine layer computes: W x + b. */
export interface Affine {
  readonly inDim: number
  readonly outDim: number
  /** [o, i] row-major; of blocks one after the other, each [o, i] of its own. */
  readonly weight: Float64Array
  /** [o] */
  readonly bias: Float64Array
  /** Of a layer whose blocks take and give units of their own; absent for one that is whole. */
  readonly blocks?: readonly Block[]
}

/** A layer that is neither affine nor diagonal, as it follows an affine one: that, with all of the layer that is affine put into it. */
export interface Followed {
  readonly affine: Affine
  /** What is left of the layer: a function of each unit for itself; null for nothing. */
  readonly activation: (LayerSpec & { readonly dim: number }) | null
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
  /** Fields that no tensor fills alone: what a file leaves out because it is 0, or 1; and those that several tensors share, for them to fill. */
  constants?(layer: S): Partial<Record<ParameterRole, Float64Array>>
  /** Of a layer that is affine, whole or in blocks. */
  affine?(layer: L): Affine
  /** Of a layer that is diagonal at inference, so that it can be folded into a linear one; null for all others. */
  diagonal(layer: L): Diagonal | null
  /** Of a layer that can follow an affine one in one step. @param hasActivation whether a function stands between the two; null where the kind cannot stand there */
  follow?(affine: Affine, layer: S, hasActivation: boolean): Followed | null
}

/** Where a linear layer stands whose weights are drawn. */
export interface InitialPlace {
  readonly inDim: number
  /** Whether it takes the coordinates. */
  readonly isFirst: boolean
}

/** What only activations have: how the shader and the kernel compute them, where these can. */
export interface ActivationKind<S extends LayerSpec> extends LayerKind<S, S> {
  readonly isActivation: true
  /** The numbers that a layer of the kind has, with what they are where nobody says. */
  readonly options: ActivationOptions
  /** What people call it: `GELU`. */
  readonly label: string
  /** The number by which its argument is multiplied first, by name; absent for none. */
  readonly gain?: string
  /** How training draws the weights of a linear layer in front of it where no batch norm sets the scale; absent: as PyTorch does. */
  initialBound?(place: InitialPlace, numbers: { readonly [option: string]: string | number }): number
  /** The body of its GLSL function of `vec4 x`, with the numbers of a layer written in; absent where the shader cannot draw it. */
  shader?(numbers: { readonly [option: string]: string | number }): string
  /** Of a function with f(x) = c x + f(-x), as GELU and ReLU have it, that c; absent for all others. */
  oddPart?(numbers: { readonly [option: string]: string | number }): number
}
