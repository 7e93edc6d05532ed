// From the modules of a file and from what is said of it to an architecture.

import { FormatError } from '../errors.js'
import type { BlocksSpec } from '../layers/blocks.js'
import { activationLayer, type Layer } from '../layers/kinds.js'
import type { LinearSpec } from '../layers/linear.js'
import { printableName } from '../printable.js'
import { hasOneEach, type Wiring } from '../wiring.js'
import { activationWords } from '../wiring-words.js'
import { octavesFor, type FrequencyMatrix, type Layout, layOut } from './layout.js'
import type { LinearModule, Modules } from './modules.js'
import { placeNorms } from './norms.js'

/** More multiply-adds a pixel than that are no picture to look at: a hundred and sixty times MysteryNet's. */
const MAX_MULTIPLY_ADDS = 1_000_000
/** Of more widths than these the first ones stand in a line. */
const MOST_LISTED = 14

/** What the modules are, without the functions between them: widths, sub-networks, batch norms. */
export function describeModules(modules: Modules): string {
  const { matrix, parallel, chain } = layOut(modules, null)
  const parts = [
    matrix ? `a matrix of ${matrix.count} frequencies` : null,
    parallel ? `${parallel.branches.length} sub-networks ${widthsOf(parallel.branches[0])}` : null,
    chain.length > 0 ? `linear ${widthsOf(chain)}` : null,
    modules.norms.length > 0 ? `${modules.norms.length} batch norms` : null,
  ]
  return parts.filter(Boolean).join(', ')
}

/**
 * Puts an architecture together.
 * @throws FormatError saying what does not fit
 */
export function assemble(modules: Modules, wiring: Wiring): { name: string; layers: readonly Layer[]; wiring: Wiring } {
  const layout = layOut(modules, wiring)
  const builder = new Builder(wiring, layout, modules)
  return { name: nameOf(layout, modules, wiring), layers: builder.build(), wiring }
}

class Builder {
  readonly #layers: Layer[] = []
  /** Linear layers behind which an activation stands, so far. */
  #bent = 0

  constructor(
    private readonly wiring: Wiring,
    private readonly layout: Layout,
    private readonly modules: Modules,
  ) {}

  build(): readonly Layer[] {
    const { wiring, layout, modules } = this
    const { parallel, chain } = layout
    const depth = (parallel?.branches[0].length ?? 0) + chain.length
    const { activation } = wiring
    if (Array.isArray(activation) && activation.length !== depth - 1)
      throw new FormatError(
        `architecture activation: expected ${depth - 1}, one behind each layer but the last, got ${activation.length}`,
      )
    if (parallel && modules.norms.length > 0)
      throw new FormatError(`${printableName(modules.norms[0].path)}: batch norm beside sub-networks is not known yet`)
    const norms = parallel ? new Map<null, never>() : placeNorms(chain, modules.norms)
    const inDim = (parallel ? parallel.branches[0] : chain)[0].inDim
    this.#encode(inDim)
    this.#norm(norms.get(null as never)?.norm ?? null)
    parallel?.branches[0].forEach((_, level) => this.#parallelLevel(level, depth))
    for (const linear of chain) {
      const placed = norms.get(linear as never)
      this.#layers.push(linearSpec(linear))
      const side = placed?.side ?? wiring.norm
      const isLast = linear === chain[chain.length - 1]
      if (side === 'before' || isLast) this.#norm(placed?.norm ?? null)
      if (isLast) this.#end(linear.outDim, linear.path)
      else this.#bend(linear.path, linear.outDim)
      if (side === 'after' && !isLast) this.#norm(placed?.norm ?? null)
    }
    this.#checkSize()
    return this.#layers
  }

  #encode(inDim: number): void {
    const { wiring, layout } = this
    const { encoding } = wiring
    if (layout.matrix && encoding?.kind === 'fourier') {
      const { name, count } = layout.matrix
      this.#layers.push(matrixSpec(layout.matrix, encoding.deviation))
      this.#layers.push({
        kind: 'waves',
        name: `${name}.waves`,
        dim: count,
        scale: encoding.scale,
        order: encoding.order,
      })
    } else if (encoding?.kind === 'inputs')
      this.#layers.push({ kind: 'inputs', name: 'inputs', features: encoding.features })
    else if (encoding?.kind === 'octaves') {
      const { scale, order } = encoding
      const found = octavesFor(encoding, inDim) as { count: number; keepsInputs: boolean }
      this.#layers.push({ kind: 'octaves', name: 'octaves', inDim: 2, scale, order, ...found })
    }
  }

  /** The layers of all sub-networks at one depth. */
  #parallelLevel(level: number, depth: number): void {
    const { branches, join } = this.layout.parallel as NonNullable<Layout['parallel']>
    const linears = branches.map(branch => branch[level])
    const isLast = level === branches[0].length - 1
    const name = commonName(linears.map(({ path }) => path))
    const isSum = isLast && join === 'sum'
    const layer: BlocksSpec = {
      kind: 'blocks',
      name,
      parts: linears.map(linearSpec),
      takes: level === 0 ? 'all' : 'own',
      gives: isSum ? 'sum' : 'all',
    }
    this.#layers.push(layer)
    const outDim = isSum ? linears[0].outDim : linears.reduce((sum, linear) => sum + linear.outDim, 0)
    if (level === depth - 1) this.#end(outDim, name)
    else this.#bend(name, outDim)
  }

  #norm(norm: Modules['norms'][number] | null): void {
    if (!norm) return
    const { path, dim, isAffine } = norm
    const common = { kind: 'batchNorm' as const, name: path, dim, eps: this.wiring.eps }
    this.#layers.push(isAffine ? common : { ...common, isAffine })
  }

  #bend(name: string, dim: number): void {
    const { activation } = this.wiring
    const own = hasOneEach(activation) ? activation[this.#bent] : activation
    this.#layers.push(activationLayer(own, `${name}.${own.kind}`, dim))
    this.#bent++
  }

  #end(dim: number, name: string): void {
    const { output } = this.wiring
    if (output) this.#layers.push(activationLayer(output, `${name}.${output.kind}`, dim))
    if (dim === 1) this.#layers.push({ kind: 'grey', name: 'grey' })
    if (dim === 4) this.#layers.push({ kind: 'alpha', name: 'alpha' })
  }

  #checkSize(): void {
    const sizes = this.#layers.flatMap(layer =>
      layer.kind === 'blocks' ? layer.parts : layer.kind === 'linear' ? [layer] : [],
    )
    const count = sizes.reduce((sum, { inDim, outDim }) => sum + inDim * outDim, 0)
    if (count > MAX_MULTIPLY_ADDS)
      throw new FormatError(`too large to be drawn: ${count} multiply-adds a pixel, the limit is ${MAX_MULTIPLY_ADDS}`)
  }
}

function linearSpec({ path, inDim, outDim, weight, bias }: LinearModule): LinearSpec {
  const plain: LinearSpec = { kind: 'linear', name: path, inDim, outDim }
  const isUsual = weight === `${path}.weight` && (bias === null || bias === `${path}.bias`)
  const named = isUsual ? plain : { ...plain, tensors: { weight, bias: bias ?? '' } }
  return bias === null ? { ...named, hasBias: false } : named
}

function matrixSpec({ name, count, isTransposed }: FrequencyMatrix, deviation = 1): LinearSpec {
  const spec: LinearSpec = {
    kind: 'linear',
    name,
    inDim: 2,
    outDim: count,
    hasBias: false,
    tensors: { weight: name, bias: '' },
    isStored: { deviation },
  }
  return isTransposed ? { ...spec, isTransposed: true } : spec
}

/** What names have in common, a star for the rest: `nets.*.0`. */
function commonName(names: readonly string[]): string {
  const [first, ...others] = names
  const longest = Math.min(...names.map(({ length }) => length))
  let front = 0
  while (front < longest && others.every(name => name[front] === first[front])) front++
  let back = 0
  while (back < longest - front && others.every(name => name.at(-1 - back) === first.at(-1 - back))) back++
  return `${first.slice(0, front)}*${back > 0 ? first.slice(-back) : ''}`
}

function widthsOf(chain: readonly LinearModule[]): string {
  const widths = [chain[0].inDim, ...chain.map(({ outDim }) => outDim)]
  if (widths.length <= MOST_LISTED) return widths.join('-')
  return `${widths.slice(0, MOST_LISTED - 2).join('-')}-…-${widths[widths.length - 1]} (${chain.length} layers)`
}

function nameOf({ matrix, parallel, chain }: Layout, { norms }: Modules, wiring: Wiring): string {
  const { activation, encoding, output } = wiring
  const kinds = [...new Set((hasOneEach(activation) ? activation : [activation]).map(activationWords))].join('/')
  const front =
    matrix && encoding?.kind === 'fourier'
      ? `${matrix.count} Fourier features, `
      : encoding?.kind === 'octaves'
        ? 'octaves, '
        : encoding?.kind === 'inputs'
          ? `${encoding.features.join(' ')}, `
          : ''
  const middle = parallel
    ? `${parallel.branches.length} sub-networks ${kinds} ${widthsOf(parallel.branches[0])}, ${parallel.join === 'sum' ? 'summed' : 'side by side'}${chain.length > 0 ? `, ${kinds} ${widthsOf(chain)}` : ''}`
    : `${kinds} ${widthsOf(chain)}`
  return `${front}${middle}${norms.length > 0 ? ', batch norm' : ''}${output ? `, ${activationWords(output)} out` : ''}`
}
