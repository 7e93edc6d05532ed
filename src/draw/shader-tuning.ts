// Which variant of the shader is the fastest: the decision, apart from GPUs and clocks. Compilers for GPUs favour uniform blocks, but
// nobody knows what stands behind a name, so the few variants worth having are timed on the machine itself.

import { ContextLostError } from '../gpu/errors.js'
import { type ShaderVariant, SOFTWARE_VARIANT, variantKey, variantOf } from '../gpu/shader-variant.js'
import { isSoftwareGl } from './choice.js'

/** What `?shader=` in the address asks for ('uniform-1', 'texture-4' and so on), null for nothing that is known. */
export function shaderOverride(search: string): ShaderVariant | null {
  return variantOf(new URLSearchParams(search).get('shader') ?? '')
}

/** What draws until something faster was measured: four pixels an invocation spill registers on every GPU looked at. */
export function baseVariant(rendererName: string): ShaderVariant {
  return isSoftwareGl(rendererName) ? SOFTWARE_VARIANT : (variantOf('texture-2') ?? SOFTWARE_VARIANT)
}

/** The variants to be timed against the base, the likeliest first; none on software GL, where the base is known to be the fastest. */
export function candidateVariants(rendererName: string): readonly ShaderVariant[] {
  if (isSoftwareGl(rendererName)) return []
  // NVIDIA's compiler hides what two pixels need; elsewhere they halve the waves, or spill (bench/RESULTS.md).
  const keys = /nvidia|geforce|quadro|tegra/i.test(rendererName)
    ? ['uniform-2', 'uniform-1', 'texture-1']
    : ['uniform-1', 'uniform-2', 'texture-1']
  return keys.flatMap(key => variantOf(key) ?? [])
}

/** A variant that is compiled and can be timed. */
export interface ShaderTrial {
  /** Net evaluations a millisecond. @throws ContextLostError, or whatever else went wrong */
  rate(): Promise<number>
  dispose(): void
}

export interface TuningBench {
  /** Compiles a variant beside the one that draws. @throws ShaderError and the like, ContextLostError */
  begin(variant: ShaderVariant): Promise<ShaderTrial>
  /** Whether there is still the same to be timed on. */
  isSame(): boolean
  /** The one that is to blame should the page or its GPU not come back; null for none. */
  onTrying(variant: ShaderVariant | null): void
  /** Resolves when nobody waits any longer for what is still being compiled. */
  readonly patience: Promise<void>
}

export interface TuningResult {
  /** The fastest, if it is so by far; else the one that drew before. */
  readonly variant: ShaderVariant
  readonly perMs: number
  /** Its speed as a multiple of that of the one that drew before. */
  readonly ratio: number
  /** Those that do not compile, or too slowly, or could not be timed: not to be tried again. */
  readonly failed: readonly ShaderVariant[]
}

/** Less may be chance. */
const ENOUGH_FACTOR = 1.1
const ROUNDS = 3
/** What is slower than this in its first round, as a share of the fastest, is not timed again. */
const HOPELESS_SHARE = 0.6

interface Entry {
  readonly variant: ShaderVariant
  readonly trial: ShaderTrial
  readonly rates: number[]
}

/**
 * Times variants against the one that draws, in turns.
 * @param candidates compiled at once, timed in this order
 * @returns null where something came in between; the one to blame stays named if the context was lost
 */
export async function tuneShader(
  current: { readonly variant: ShaderVariant; readonly trial: ShaderTrial },
  candidates: readonly ShaderVariant[],
  bench: TuningBench,
): Promise<TuningResult | null> {
  const begun = candidates.map(variant => ({
    variant,
    compiling: bench.begin(variant).catch((error: unknown) => error as Error),
  }))
  try {
    const base: Entry = { ...current, rates: [await current.trial.rate()] }
    const entries = [base]
    const failed: ShaderVariant[] = []
    for (const { variant, compiling } of begun) {
      if (!bench.isSame()) return null
      bench.onTrying(variant)
      const trial = await Promise.race([compiling, bench.patience])
      if (trial instanceof ContextLostError) return null
      const rate = trial && !(trial instanceof Error) ? await trial.rate().catch((error: unknown) => error) : null
      if (rate instanceof ContextLostError) return null
      bench.onTrying(null)
      if (trial && !(trial instanceof Error) && typeof rate === 'number')
        entries.push({ variant, trial, rates: [rate] })
      else failed.push(variant)
    }
    const fastest = Math.max(...entries.map(({ rates }) => rates[0]))
    const hopeful = entries.filter(entry => entry === base || entry.rates[0] >= HOPELESS_SHARE * fastest)
    for (let round = 1; round < ROUNDS; round++)
      for (const entry of hopeful) {
        if (!bench.isSame()) return null
        bench.onTrying(entry === base ? null : entry.variant)
        entry.rates.push(await entry.trial.rate())
        bench.onTrying(null)
      }
    if (!bench.isSame()) return null
    const baseRate = median(base.rates)
    const best = hopeful.reduce((best, entry) => (median(entry.rates) > median(best.rates) ? entry : best))
    const { variant, rates } = median(best.rates) > ENOUGH_FACTOR * baseRate ? best : base
    return { variant, perMs: median(rates), ratio: median(rates) / baseRate, failed }
  } finally {
    for (const { compiling } of begun) void compiling.then(trial => trial instanceof Error || trial.dispose())
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1]
}

/** A choice in a line, for people. */
export function shaderNote({ weights, lanes }: ShaderVariant, perMs: number, ratio: number): string {
  const source = weights === 'uniform' ? 'uniform blocks' : 'a texture'
  const pixels = lanes === 1 ? 'one pixel' : `${lanes === 2 ? 'two' : 'four'} pixels`
  const compared = ratio > 1 ? `, ${ratio.toPrecision(2)} times as fast as before` : ', the fastest of its ways'
  return `drawn by the GPU with weights from ${source}, ${pixels} an invocation: ${(perMs / 1000).toPrecision(3)} Mpx/s when timed here${compared}`
}

/** A choice in a few letters: 'uniform x 1, 812 Mpx/s'. */
export function shaderLabel(variant: ShaderVariant, perMs: number | null): string {
  const name = variantKey(variant).replace('-', ' x ')
  return perMs === null ? name : `${name}, ${(perMs / 1000).toPrecision(3)} Mpx/s`
}
