// The choice among the shader's variants: decided by timings and failures that are made up here.

import { describe, expect, test } from 'vitest'
import { ShaderMemory } from '../../src/draw/shader-memory.js'
import { ShaderTuner } from '../../src/draw/shader-tuner.js'
import {
  baseVariant,
  candidateVariants,
  shaderOverride,
  type TuningBench,
  type TuningResult,
  tuneShader,
} from '../../src/draw/shader-tuning.js'
import type { WebglRenderer } from '../../src/draw/webgl-renderer.js'
import { ContextLostError, ShaderError } from '../../src/gpu/errors.js'
import { SHADER_VARIANTS, type ShaderVariant, variantKey, variantOf } from '../../src/gpu/shader-variant.js'

const variant = (key: string): ShaderVariant => variantOf(key) ?? raise(key)
const raise = (key: string): never => {
  throw new Error(`no variant ${key}`)
}
const RADEON = 'ANGLE (AMD, AMD Radeon RX 6800 (0x000073BF) Direct3D11 vs_5_0 ps_5_0, D3D11)'
const GEFORCE = 'ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 (0x00002503) Direct3D11 vs_5_0 ps_5_0, D3D11)'
const SWIFTSHADER = 'ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)'
const LLVMPIPE = 'ANGLE (Mesa/X.org, llvmpipe (LLVM 15.0.6 256 bits), OpenGL ES 3.2)'

/** What a variant does when it is asked: rates in turns (the last one stays), or a failure of the kind. */
type Behaviour = readonly number[] | 'does not compile' | 'compiles forever' | 'is lost' | 'is lost when timed'

/** Times variants that behave so, the texture with two pixels drawing meanwhile. */
function tuned(behaviours: Record<string, Behaviour>, order = ['uniform-1', 'uniform-2', 'texture-1']) {
  const log: string[] = []
  const disposed: string[] = []
  let trying: string | null = null
  let calls = 0
  const trial = (key: string) => {
    const behaviour = behaviours[key]
    let round = 0
    return {
      rate: async () => {
        log.push(key)
        calls++
        if (behaviour === 'is lost when timed') throw new ContextLostError()
        const rates = behaviour as readonly number[]
        return rates[Math.min(round++, rates.length - 1)]
      },
      dispose: () => void disposed.push(key),
    }
  }
  const bench = (interruptedAfter: number): TuningBench => ({
    begin: async wanted => {
      const key = variantKey(wanted)
      const behaviour = behaviours[key]
      if (behaviour === 'does not compile') throw new ShaderError('no')
      if (behaviour === 'is lost') throw new ContextLostError()
      if (behaviour === 'compiles forever') await new Promise(resolve => setTimeout(resolve, 60))
      return trial(key)
    },
    isSame: () => calls < interruptedAfter,
    onTrying: wanted => {
      trying = wanted && variantKey(wanted)
    },
    patience: new Promise(resolve => setTimeout(resolve, 20)),
  })
  const run = async (interruptedAfter = Number.POSITIVE_INFINITY) => {
    const current = { variant: variant('texture-2'), trial: trial('texture-2') }
    const result = await tuneShader(current, order.map(variant), bench(interruptedAfter))
    await new Promise(resolve => setTimeout(resolve, 80))
    return { result, log, disposed: disposed.toSorted(), trying }
  }
  return { run }
}

const chosen = (result: TuningResult | null) => result && variantKey(result.variant)

describe('of variants that can all be timed', () => {
  test('the fastest is taken, with its figure and how much faster it is', async () => {
    const { run } = tuned({
      'texture-2': [100],
      'uniform-1': [230],
      'uniform-2': [250],
      'texture-1': [80],
    })
    const { result, disposed, trying } = await run()
    expect(chosen(result)).toBe('uniform-2')
    expect(result).toMatchObject({ perMs: 250, ratio: 2.5, failed: [] })
    expect(disposed).toEqual(['texture-1', 'uniform-1', 'uniform-2'])
    expect(trying).toBeNull()
  })

  test('none is taken that is faster by chance: less than a tenth, or in one round of three', async () => {
    for (const rates of [[109], [500, 90, 90]]) {
      const { run } = tuned({ 'texture-2': [100], 'uniform-1': rates, 'uniform-2': [60], 'texture-1': [60] })
      const { result } = await run()
      expect(chosen(result), `${rates}`).toBe('texture-2')
      expect(result?.ratio).toBe(1)
    }
  })

  test('a hopeless one is timed once, the base in every round, and the likeliest comes first', async () => {
    const { run } = tuned({ 'texture-2': [30], 'uniform-1': [200], 'uniform-2': [190], 'texture-1': [20] })
    const { log } = await run()
    expect(log.slice(0, 4)).toEqual(['texture-2', 'uniform-1', 'uniform-2', 'texture-1'])
    const times = (key: string) => log.filter(one => one === key).length
    expect(['texture-2', 'uniform-1', 'uniform-2', 'texture-1'].map(times)).toEqual([3, 3, 3, 1])
  })
})

describe('a variant that', () => {
  test.each(['does not compile', 'compiles forever'] as const)('%s is not taken, and the others are', async how => {
    const { run } = tuned({ 'texture-2': [100], 'uniform-1': how, 'uniform-2': [150], 'texture-1': [90] })
    const { result, disposed, trying } = await run()
    expect(chosen(result)).toBe('uniform-2')
    expect(result?.failed.map(variantKey)).toEqual(['uniform-1'])
    // What came too late is not left on the GPU, either.
    expect(disposed).toEqual(how === 'does not compile' ? ['texture-1', 'uniform-2'] : ['texture-1', 'uniform-1', 'uniform-2']) // prettier-ignore
    expect(trying).toBeNull()
  })

  test.each(['is lost', 'is lost when timed'] as const)('%s stays named, and nothing is chosen', async how => {
    const { run } = tuned({ 'texture-2': [100], 'uniform-1': [150], 'uniform-2': how, 'texture-1': [90] })
    const { result, trying } = await run()
    expect(result).toBeNull()
    expect(trying).toBe('uniform-2')
  })
})

test('a camera that moves ends it at once, with nobody to blame', async () => {
  for (const calls of [1, 2, 5, 10]) {
    const { run } = tuned({ 'texture-2': [100], 'uniform-1': [150], 'uniform-2': [200], 'texture-1': [90] })
    const { result, log, trying } = await run(calls)
    expect(result).toBeNull()
    expect(log.length).toBe(calls)
    expect(trying).toBeNull()
  }
})

test('software GL keeps four pixels of the texture and has nothing to time; hardware begins with the texture, too', () => {
  for (const name of [SWIFTSHADER, LLVMPIPE]) {
    expect(variantKey(baseVariant(name))).toBe('texture-4')
    expect(candidateVariants(name)).toEqual([])
    expect(new ShaderTuner(null, new ShaderMemory(null)).isDue(name)).toBe(false)
  }
  for (const name of [RADEON, GEFORCE]) {
    expect(baseVariant(name).weights).toBe('texture')
    expect(candidateVariants(name).map(variantKey)).not.toContain(variantKey(baseVariant(name)))
  }
  expect(variantKey(candidateVariants(RADEON)[0])).toBe('uniform-1')
  expect(variantKey(candidateVariants(GEFORCE)[0])).toBe('uniform-2')
})

test('the address names every variant, and nothing else', () => {
  for (const one of SHADER_VARIANTS) expect(shaderOverride(`?renderer=webgl&shader=${variantKey(one)}`)).toBe(one)
  for (const search of ['', '?shader=', '?shader=uniform-4', '?shader=best']) expect(shaderOverride(search)).toBeNull()
})

function storage(kept: string | null = null) {
  return {
    kept,
    getItem(): string | null {
      return this.kept
    },
    setItem(_: string, value: string): void {
      this.kept = value
    },
  }
}

describe('what is kept for next time', () => {
  const choice = { variant: variant('uniform-1'), perMs: 812_000, ratio: 1.6 }

  test('is the choice of each GPU, and that variant draws from the start', () => {
    const disk = storage()
    new ShaderMemory(disk).choose(RADEON, choice)
    const next = new ShaderMemory(disk)
    expect(next.choice(RADEON)).toEqual(choice)
    expect(next.choice(GEFORCE)).toBeNull()
    const tuner = new ShaderTuner(null, next)
    expect(tuner.initial(RADEON)).toBe(choice.variant)
    expect(tuner.isDue(RADEON)).toBe(false)
    expect(tuner.isDue(GEFORCE)).toBe(true)
    expect(tuner.report(RADEON, choice.variant)).toEqual({
      label: 'uniform x 1, 812 Mpx/s',
      note: 'drawn by the GPU with weights from uniform blocks, one pixel an invocation: 812 Mpx/s when timed here, 1.6 times as fast as before',
    })
  })

  test('gives way to the address', () => {
    const memory = new ShaderMemory(storage())
    memory.choose(RADEON, choice)
    const tuner = new ShaderTuner(variant('texture-1'), memory)
    expect(variantKey(tuner.initial(RADEON))).toBe('texture-1')
    expect(tuner.isDue(GEFORCE)).toBe(false)
    expect(tuner.report(RADEON, variant('texture-1'))).toEqual({ label: 'texture x 1', note: null })
  })

  test('is nothing where the text is broken or of another revision, and storage may refuse', () => {
    const texts = ['{', '[]', '7', 'null', '{"revision":0,"renderers":{}}', '{"revision":1,"renderers":{"x":{"choice":{"variant":"fast","perMs":1,"ratio":1}}}}'] // prettier-ignore
    for (const text of texts) expect(new ShaderMemory(storage(text)).choice('x'), text).toBeNull()
    const refuse = () => {
      throw new Error('denied')
    }
    const memory = new ShaderMemory({ getItem: refuse, setItem: refuse })
    expect(memory.choice(RADEON)).toBeNull()
    memory.choose(RADEON, choice)
    expect(memory.choice(RADEON), 'as long as the page lives').toEqual(choice)
  })

  test('names the variant that a page did not come back from: the next visit does not try it', () => {
    const disk = storage()
    new ShaderMemory(disk).setTrying(RADEON, variant('uniform-2'))
    const next = new ShaderMemory(disk)
    next.settle(RADEON)
    expect(next.hasFailed(RADEON, variant('uniform-2'))).toBe(true)
    expect(next.hasFailed(RADEON, variant('uniform-1'))).toBe(false)
    const after = new ShaderMemory(disk)
    after.settle(RADEON)
    expect(SHADER_VARIANTS.filter(one => after.hasFailed(RADEON, one)).map(variantKey)).toEqual(['uniform-2'])
  })

  test('a context that is lost under a choice gets the base for the rest of the visit', () => {
    const memory = new ShaderMemory(storage())
    memory.choose(RADEON, choice)
    const tuner = new ShaderTuner(null, memory)
    tuner.onLost(RADEON, baseVariant(RADEON))
    expect(tuner.initial(RADEON), 'the base is not to blame').toBe(choice.variant)
    tuner.onLost(RADEON, choice.variant)
    expect(tuner.initial(RADEON)).toBe(baseVariant(RADEON))
    expect(tuner.isDue(RADEON)).toBe(false)
  })
})

describe('the tuner', () => {
  // Nothing to be seen: every rate is 0, so that the base stays.
  const scene = { items: [], camera: { x: 0, y: 0, scale: 1 }, viewport: { width: 0, height: 0 }, samples: 1 } as const
  const view = {
    scene,
    copyTo: async () => ({ items: [], take: () => {} }),
    isSame: () => true,
    isAtRest: () => true,
  }

  test('tries nothing that has failed before, leaves nothing behind, and is not due again', async () => {
    Object.assign(globalThis, { window: globalThis })
    const memory = new ShaderMemory(storage())
    memory.fail(RADEON, [variant('uniform-2')])
    const created: string[] = []
    let alive = 0
    const create = async (wanted: ShaderVariant) => {
      created.push(variantKey(wanted))
      if (variantKey(wanted) === 'uniform-1') throw new ShaderError('no')
      alive++
      return { isAsWanted: () => true, dispose: () => void alive-- } as unknown as WebglRenderer
    }
    const used: string[] = []
    const renderer = {
      name: RADEON,
      variant: baseVariant(RADEON),
      useVariant: async (wanted: ShaderVariant) => void used.push(variantKey(wanted)),
    } as unknown as WebglRenderer
    const tuner = new ShaderTuner(null, memory)
    expect(tuner.isDue(RADEON)).toBe(true)
    await tuner.tune(renderer, view as never, create, () => true)
    expect(created).toEqual(['uniform-1', 'texture-1'])
    expect(used).toEqual([variantKey(baseVariant(RADEON))])
    expect(alive).toBe(0)
    expect(memory.hasFailed(RADEON, variant('uniform-1'))).toBe(true)
    expect(tuner.isDue(RADEON)).toBe(false)
  })
})
