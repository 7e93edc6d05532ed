// How many instructions an invocation issues, off the assembly that Mesa's compiler for AMD prints: its scalar unit is followed through
// the loops, whose counters are constants. Vector instructions are counted and not understood.

/** Instructions that a wave issues from beginning to end. */
export interface DynamicCount {
  readonly total: number
  /** On the vector ALU; multiply-adds are among them. */
  readonly vector: number
  /** Of these, v_fma and its kin, of which one is one multiply-add a lane. */
  readonly fused: number
  /** Of the vector ones, v_exp and its kin, which a unit of a quarter of the width computes. */
  readonly transcendental: number
  /** Texture fetches and what is spilled, both by way of vector memory. */
  readonly vectorMemory: number
}

interface Instruction {
  readonly name: string
  readonly operands: readonly string[]
}

/** More than any shader here has: a loop whose end is not understood. */
const MAX_STEPS = 1e6

/**
 * Counts what is issued when all loops run their course.
 * @throws Error for assembly that has no end
 */
export function countDynamically(assembly: string): DynamicCount {
  const { instructions, labels } = parse(assembly)
  const counts = { total: 0, vector: 0, fused: 0, transcendental: 0, vectorMemory: 0 }
  const scalars = new ScalarUnit()
  let at = 0
  for (let steps = 0; ; steps++) {
    if (steps > MAX_STEPS) throw new Error('the assembly has a loop without an end')
    if (at >= instructions.length) throw new Error('the assembly ends without s_endpgm')
    const { name, operands } = instructions[at]
    if (name === 's_endpgm') return counts
    // Hints for the issue itself, that take no slot of it.
    if (name !== 's_waitcnt' && name !== 's_clause' && name !== 's_nop') counts.total++
    if (/^(?:image|buffer|scratch|global)_/.test(name)) counts.vectorMemory++
    else if (name.startsWith('v_')) counts.vector++
    if (/^v_(?:fma|fmac|fmaak|fmamk|mac|mad|madak|madmk)(?:_|$)/.test(name)) counts.fused++
    if (/^v_(?:exp|log|rcp|rsq|sqrt|sin|cos)_/.test(name)) counts.transcendental++
    const target = scalars.step(at, name, operands)
    at = target === null ? at + 1 : labelAt(labels, target)
  }
}

function labelAt(labels: ReadonlyMap<string, number>, name: string): number {
  const at = labels.get(name)
  if (at === undefined) throw new Error(`the assembly has no label ${name}`)
  return at
}

function parse(assembly: string): { instructions: Instruction[]; labels: Map<string, number> } {
  const instructions: Instruction[] = []
  const labels = new Map<string, number>()
  for (const line of assembly.split('\n')) {
    const label = /^(\w+):/.exec(line)?.[1]
    if (label) labels.set(label, instructions.length)
    const text = /^\s+([a-z]\w+)\s*([^;]*)/.exec(line)
    if (text) instructions.push({ name: text[1], operands: text[2].split(',').map(operand => operand.trim()) })
  }
  return { instructions, labels }
}

/** Scalar registers as far as they are constants, and the condition that branches look at. */
class ScalarUnit {
  readonly #registers = new Map<string, number>()
  #condition: boolean | null = null
  readonly #seen = new Set<number>()

  /** @returns the label that is jumped to, null for going on */
  step(at: number, name: string, operands: readonly string[]): string | null {
    const [target, a, b] = operands
    const value = (operand: string) => this.#registers.get(operand) ?? constant(operand)
    if (name === 's_branch') return target
    const branch = /^s_cbranch_(scc0|scc1)/.exec(name)?.[1]
    if (branch && this.#condition !== null) return this.#condition === (branch === 'scc1') ? target : null
    if (name.startsWith('s_cbranch')) {
      // Nobody knows: first everything that is skipped or left by it, then out of the loop that it came back in.
      if (this.#seen.has(at)) return target
      this.#seen.add(at)
      return null
    }
    const compared = /^s_cmpk?_(eq|lg|gt|ge|lt|le)_/.exec(name)?.[1]
    if (compared) {
      this.#condition = compare(compared, value(target), value(a))
      return null
    }
    if (!name.startsWith('s_')) return null
    const result = this.#result(name, value(target), value(a ?? ''), value(b ?? ''))
    for (const register of registersOf(target)) this.#registers.delete(register)
    if (result !== null) this.#registers.set(target, result)
    // Whatever computes sets the condition, too; only comparisons are understood.
    if (!/^s_(?:mov|load|buffer|waitcnt|clause|nop)/.test(name)) this.#condition = null
    return null
  }

  #result(name: string, own: number | null, a: number | null, b: number | null): number | null {
    if (/^s_movk?_[bi]32$/.test(name)) return a
    if (name === 's_addk_i32') return own === null || a === null ? null : own + a
    if (a === null || b === null) return null
    if (/^s_add_[iu]32$/.test(name)) return a + b
    if (/^s_sub_[iu]32$/.test(name)) return a - b
    if (name === 's_mul_i32') return a * b
    return null
  }
}

function constant(operand: string): number | null {
  return /^-?(?:0x[\da-f]+|\d+)$/.test(operand) ? Number(operand) : null
}

function compare(how: string, a: number | null, b: number | null): boolean | null {
  if (a === null || b === null) return null
  switch (how) {
    case 'eq':
      return a === b
    case 'lg':
      return a !== b
    case 'gt':
      return a > b
    case 'ge':
      return a >= b
    case 'lt':
      return a < b
    default:
      return a <= b
  }
}

/** s3, or s[4:7] one by one. */
function registersOf(operand: string): string[] {
  const range = /^s\[(\d+):(\d+)\]$/.exec(operand)
  if (!range) return [operand]
  const [first, last] = [Number(range[1]), Number(range[2])]
  return Array.from({ length: last - first + 1 }, (_, i) => `s${first + i}`)
}
