// Finds the fastest variant of the shader on the user's own GPU: once, at rest, after the first picture; what it found is kept for
// next time. Variants are tried on the context that draws, in renderers of their own: what fails is just not taken.

import type { ShaderVariant } from '../gpu/shader-variant.js'
import { measureRate } from './choice.js'
import type { ShaderMemory } from './shader-memory.js'
import {
  baseVariant,
  candidateVariants,
  shaderLabel,
  shaderNote,
  type ShaderTrial,
  tuneShader,
} from './shader-tuning.js'
import type { ComparedView } from './lifecycle.js'
import type { WebglRenderer } from './webgl-renderer.js'

/** A driver that compiles one of the small texts for longer than this is not asked for it. */
const PATIENCE_MS = 10_000
// So much work a draw, and so many of them, that a fast GPU is timed and not the calls.
const TIMED = { samples: 16, maxTiles: 1024 } as const

/** What draws, and how fast it was. */
export interface ShaderReport {
  readonly label: string
  /** Why, in a line; null where it was asked for, or nothing was timed. */
  readonly note: string | null
}

export class ShaderTuner {
  /** A context that was lost under a choice of ours gets the base from then on. */
  #isWary = false
  readonly #tuned = new Set<string>()

  /** @param override what is drawn with, whatever is faster; null for the fastest */
  constructor(
    private readonly override: ShaderVariant | null,
    private readonly memory: ShaderMemory,
  ) {}

  /** What a renderer of this name begins with. */
  initial(name: string): ShaderVariant {
    if (this.override) return this.override
    return (this.#isWary ? null : this.memory.choice(name)?.variant) ?? baseVariant(name)
  }

  /** Whether variants are to be timed for a renderer of this name when it comes to rest. */
  isDue(name: string): boolean {
    const isKnown = this.override || this.#isWary || this.#tuned.has(name) || this.memory.choice(name)
    return !isKnown && candidateVariants(name).length > 0
  }

  /** The context was lost: perhaps by what was chosen, or by what was being tried. */
  onLost(name: string, variant: ShaderVariant): void {
    this.memory.settle(name)
    if (!this.override && variant !== baseVariant(name)) this.#isWary = true
  }

  report(name: string, variant: ShaderVariant): ShaderReport {
    const choice = this.memory.choice(name)
    if (choice?.variant !== variant || this.override) return { label: shaderLabel(variant, null), note: null }
    return { label: shaderLabel(variant, choice.perMs), note: shaderNote(variant, choice.perMs, choice.ratio) }
  }

  /**
   * Times the variants on a view at rest, and takes the fastest.
   * @param create makes a renderer of a variant on the context that draws
   * @param isSame whether there is still the same to be drawn, by the same renderer
   */
  async tune(
    renderer: WebglRenderer,
    view: ComparedView,
    create: (variant: ShaderVariant) => Promise<WebglRenderer>,
    isSame: () => boolean,
  ): Promise<void> {
    const { name, variant } = renderer
    // A page that did not come back from a trial.
    this.memory.settle(name)
    const candidates = candidateVariants(name).filter(candidate => !this.memory.hasFailed(name, candidate))
    let timer = 0
    const result = await tuneShader(
      { variant, trial: { rate: () => measureRate(renderer, view.scene, TIMED), dispose: () => {} } },
      candidates,
      {
        begin: candidate => beginTrial(candidate, view, create),
        isSame,
        onTrying: candidate => this.memory.setTrying(name, candidate),
        patience: new Promise(resolve => {
          timer = window.setTimeout(resolve, PATIENCE_MS)
        }),
      },
    ).finally(() => clearTimeout(timer))
    if (!result || !isSame()) return
    this.memory.fail(name, result.failed)
    // Whatever comes of it, this visit has seen enough.
    this.#tuned.add(name)
    await renderer.useVariant(result.variant)
    this.memory.choose(name, result)
  }
}

async function beginTrial(
  variant: ShaderVariant,
  view: ComparedView,
  create: (variant: ShaderVariant) => Promise<WebglRenderer>,
): Promise<ShaderTrial> {
  const renderer = await create(variant)
  try {
    const { items } = await view.copyTo(renderer)
    if (!items.every(({ network }) => renderer.isAsWanted(network)))
      throw new Error(`the network is not drawn with weights from ${variant.weights}`)
    const scene = { ...view.scene, items }
    return { rate: () => measureRate(renderer, scene, TIMED), dispose: () => renderer.dispose() }
  } catch (error) {
    renderer.dispose()
    throw error
  }
}
