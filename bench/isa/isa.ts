// What compilers for GPUs make of the shader's variants, without a GPU: Mesa's RADV compiles for any AMD family on its null device.
// A pixel's time on such a GPU is, at best, that of the vector slots its instructions take: the share of them that are the
// net's own multiply-adds is the share of the float32 peak that is left.

import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { shaderLayout } from '../../src/gpu/shader-layout.js'
import { SHADER_VARIANTS, type ShaderVariant } from '../../src/gpu/shader-variant.js'
import { uniformBlocks } from '../../src/gpu/uniform-blocks.js'
import { foldNetwork } from '../../src/model/fold.js'
import { createNetwork } from '../../src/model/network.js'
import { StateDict } from '../../src/model/state-dict.js'
import { evaluationMultiplyAdds } from '../work.js'
import { countDynamically } from './dynamic-count.js'
import { GLSLANG_OPTIONS, VULKAN_VERTEX, vulkanFragment } from './vulkan-source.js'

const run = promisify(execFile)

/** What one variant becomes on one family. Instructions and fetches are those of a pixel. */
export interface IsaRow {
  readonly family: string
  readonly variant: ShaderVariant
  readonly instructions: number
  /** Of the vector ALU: an instruction is one, on GCN a transcendental four. */
  readonly vectorSlots: number
  readonly fetches: number
  readonly registers: number
  readonly spilled: number
  readonly waves: number
  /** Multiply-adds of the net as a share of the vector slots, and of all instructions, those of the scalar unit among them. */
  readonly vectorShare: number
  readonly share: number
}

/** A row each, or why there are none, in a line. */
export type IsaReport = readonly IsaRow[] | string

/**
 * RADV's names, people's, and the vector slots of a transcendental: RDNA computes it beside the others, GCN in four turns
 * of its own (Mesa's src/amd/compiler/aco_statistics.cpp).
 */
const FAMILIES = [
  ['navi21', 'RDNA2', 1],
  ['vega10', 'GCN5', 4],
] as const

const ICD_FOLDERS = ['/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d', '/etc/vulkan/icd.d']
/** One pipeline; those of today take one to three seconds. */
const TIMEOUT_MS = 120_000

/** Compiles every variant for every family. */
export async function measureIsa(log: (line: string) => void): Promise<IsaReport> {
  const driver = await findDriver()
  if (!driver) return "isa: skipped, Mesa's Vulkan driver for AMD is not installed (Debian: mesa-vulkan-drivers)"
  const folder = await mkdtemp(join(tmpdir(), 'vexel-isa-'))
  try {
    const missing = await prepare(folder)
    if (missing) return missing
    const network = createNetwork(StateDict.parse(await readFile('public/flags/my.safetensors')))
    const folded = foldNetwork(network)
    const layout = shaderLayout(folded)
    const blocks = uniformBlocks(folded, layout)
    const multiplyAdds = evaluationMultiplyAdds(network.architecture)
    const rows: IsaRow[] = []
    for (const variant of SHADER_VARIANTS) {
      const { lanes } = variant
      await compileSpirv(folder, 'tile', 'frag', vulkanFragment(layout, variant, blocks))
      for (const [code, family, transcendentalSlots] of FAMILIES) {
        log(`isa: ${variant.weights} x ${lanes}, ${family}`)
        const { statistics, assembly } = await compilePipeline(folder, driver, code, lanes)
        const count = countDynamically(assembly)
        const perPixel = (instructions: number) => instructions / lanes
        const vectorSlots = count.vector + (transcendentalSlots - 1) * count.transcendental
        rows.push({
          family,
          variant,
          instructions: perPixel(count.total),
          vectorSlots: perPixel(vectorSlots),
          fetches: perPixel(count.vectorMemory),
          registers: statistics('VGPRs'),
          spilled: statistics('Spilled VGPRs') + statistics('Spilled SGPRs'),
          waves: statistics('Subgroups per SIMD'),
          vectorShare: multiplyAdds / perPixel(vectorSlots),
          share: multiplyAdds / perPixel(count.total),
        })
      }
    }
    return rows
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** A line for each variant on each family, as a Markdown table; or why there is none. */
export function isaLines(report: IsaReport): string[] {
  if (typeof report === 'string') return [report]
  const share = (value: number) => `${(100 * value).toFixed(1)} %`
  return [
    "A tile's fragment shader as Mesa's RADV compiles it, a pixel:",
    '',
    '| family | variant | instructions | vector slots | fetches | registers | spilled | waves | multiply-adds of vector slots | of all instructions |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...report.map(
      row =>
        `| ${row.family} | ${row.variant.weights} x ${row.variant.lanes} | ${row.instructions.toFixed(0)} | ${row.vectorSlots.toFixed(0)} | ${row.fetches.toFixed(0)} | ${row.registers} | ${row.spilled} | ${row.waves} | ${share(row.vectorShare)} | ${share(row.share)} |`,
    ),
  ]
}

/** RADV's manifest for Vulkan's loader; null where there is none. */
async function findDriver(): Promise<string | null> {
  for (const folder of ICD_FOLDERS) {
    const names = await readdir(folder).catch(() => [])
    const name = names.find(name => /^radeon_icd\b.*\.json$/.test(name))
    if (name) return join(folder, name)
  }
  return null
}

/** Builds the program and the vertex shader. @returns what is missing for it, in a line; null for nothing */
async function prepare(folder: string): Promise<string | null> {
  try {
    await run('gcc', ['-O1', '-o', join(folder, 'compile-pipeline'), 'bench/isa/compile-pipeline.c', '-lvulkan'])
  } catch {
    return "isa: skipped, a C compiler with Vulkan's headers is not installed (Debian: gcc, libvulkan-dev)"
  }
  try {
    await compileSpirv(folder, 'screen', 'vert', VULKAN_VERTEX)
  } catch {
    return 'isa: skipped, glslangValidator is not installed (Debian: glslang-tools)'
  }
  return null
}

async function compileSpirv(folder: string, name: string, stage: 'vert' | 'frag', source: string): Promise<void> {
  const path = join(folder, `${name}.${stage}`)
  await writeFile(path, source)
  const options = stage === 'frag' ? GLSLANG_OPTIONS : ['-V']
  await run('glslangValidator', [...options, '-o', join(folder, `${name}.spv`), path])
}

async function compilePipeline(
  folder: string,
  driver: string,
  family: string,
  lanes: number,
): Promise<{ statistics: (name: string) => number; assembly: string }> {
  const { stdout } = await run(
    join(folder, 'compile-pipeline'),
    [join(folder, 'screen.spv'), join(folder, 'tile.spv'), String(lanes)],
    {
      // An older loader knows the first name, a newer one the second. Nothing comes from a cache: it keeps no assembly.
      env: {
        ...process.env,
        VK_ICD_FILENAMES: driver,
        VK_DRIVER_FILES: driver,
        RADV_FORCE_FAMILY: family,
        MESA_SHADER_CACHE_DISABLE: '1',
      },
      timeout: TIMEOUT_MS,
      maxBuffer: 2 ** 26,
    },
  )
  const end = stdout.indexOf('\n\n')
  const values = new Map(
    stdout
      .slice(0, end)
      .split('\n')
      .map(line => line.split('\t') as [string, string]),
  )
  const statistics = (name: string) => {
    const value = Number(values.get(name))
    if (!Number.isFinite(value)) throw new Error(`the driver tells no '${name}' of a fragment shader`)
    return value
  }
  return { statistics, assembly: stdout.slice(end) }
}
