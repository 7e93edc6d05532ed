// What was found out of a GPU's shaders, kept for next time by the GL renderer's name. Storage may be forbidden, full or written by
// others: then nothing is known, and everything is timed anew.

import { type ShaderVariant, variantKey, variantOf } from '../gpu/shader-variant.js'

/** A choice, with the figures it rests on. */
export interface KeptChoice {
  readonly variant: ShaderVariant
  readonly perMs: number
  readonly ratio: number
}

interface Entry {
  choice?: { variant: string; perMs: number; ratio: number }
  /** Keys of variants that are not to be tried again. */
  failed?: string[]
  /** The one that was being tried: it is still there where the page or its GPU did not come back. */
  trying?: string
}

const KEY = 'vexel.shader'
/** Higher when the shaders change so much that choices of before mean nothing. */
const REVISION = 1

export class ShaderMemory {
  /** @param storage null where there is none: what is found out is kept as long as the page */
  constructor(private readonly storage: Pick<Storage, 'getItem' | 'setItem'> | null) {}

  #session: Record<string, Entry> | null = null

  /** The page's own storage, where that is allowed. */
  static ofPage(): ShaderMemory {
    try {
      return new ShaderMemory(localStorage)
    } catch {
      return new ShaderMemory(null)
    }
  }

  /** What was chosen for a renderer; null for nothing yet. */
  choice(rendererName: string): KeptChoice | null {
    const { choice } = this.#entry(rendererName)
    const variant = variantOf(String(choice?.variant))
    return choice && variant && choice.perMs > 0 && choice.ratio > 0 ? { ...choice, variant } : null
  }

  /** Whether a variant did not compile here, or the GPU was lost by it. */
  hasFailed(rendererName: string, variant: ShaderVariant): boolean {
    return this.#entry(rendererName).failed?.includes(variantKey(variant)) ?? false
  }

  choose(rendererName: string, { variant, perMs, ratio }: KeptChoice): void {
    this.#write(rendererName, { choice: { variant: variantKey(variant), perMs, ratio } })
  }

  fail(rendererName: string, variants: readonly ShaderVariant[]): void {
    const failed = new Set([...(this.#entry(rendererName).failed ?? []), ...variants.map(variantKey)])
    this.#write(rendererName, { failed: [...failed] })
  }

  /** Says which variant is being tried; null when that went well. */
  setTrying(rendererName: string, variant: ShaderVariant | null): void {
    this.#write(rendererName, { trying: variant ? variantKey(variant) : undefined })
  }

  /** A variant that was being tried when the page or its GPU went is one that failed. */
  settle(rendererName: string): void {
    const variant = variantOf(String(this.#entry(rendererName).trying))
    if (!variant) return
    this.fail(rendererName, [variant])
    this.setTrying(rendererName, null)
  }

  #entry(rendererName: string): Entry {
    return this.#entries()[rendererName] ?? {}
  }

  #entries(): Record<string, Entry> {
    if (this.#session) return this.#session
    try {
      const kept = JSON.parse(this.storage?.getItem(KEY) ?? 'null') as { revision: number; renderers: object } | null
      if (kept?.revision === REVISION) this.#session = { ...kept.renderers }
    } catch {
      // Not ours, or not allowed: as if there were nothing.
    }
    this.#session ??= {}
    return this.#session
  }

  #write(rendererName: string, change: Entry): void {
    const renderers = this.#entries()
    renderers[rendererName] = { ...renderers[rendererName], ...change }
    try {
      this.storage?.setItem(KEY, JSON.stringify({ revision: REVISION, renderers }))
    } catch {
      // Kept for this visit only.
    }
  }
}
