// The ways to draw a network that are worth having: where its weights come from, and how many pixels an invocation evaluates. All of
// them compute the same; which one is the fastest depends on the GPU (src/draw/shader-tuner.ts).

import type { Lanes } from './shader-header.js'

/** One of the ways in which the shader may be written: all give the same picture. */
export interface ShaderVariant {
  /** A float texture holds any network; a network that fits no uniform blocks keeps it under either. */
  readonly weights: 'texture' | 'uniform'
  readonly lanes: Lanes
}

const variant = (weights: ShaderVariant['weights'], lanes: Lanes): ShaderVariant => ({ weights, lanes })

/** What software GL draws fastest with: everything that is fetched serves four pixels. */
export const SOFTWARE_VARIANT = variant('texture', 4)

/** Every variant, as tests and benches go through them. */
export const SHADER_VARIANTS: readonly ShaderVariant[] = [
  variant('texture', 1),
  variant('texture', 2),
  SOFTWARE_VARIANT,
  variant('uniform', 1),
  variant('uniform', 2),
]

/** Names a variant as addresses and what is kept of a choice do: 'uniform-1'. */
export function variantKey({ weights, lanes }: ShaderVariant): string {
  return `${weights}-${lanes}`
}

/** The variant of a key; null for a key of none. */
export function variantOf(key: string): ShaderVariant | null {
  return SHADER_VARIANTS.find(candidate => variantKey(candidate) === key) ?? null
}
