// vexel gallery as it is built: whatever interrupts it and however the work is split, the files in the end are the same.

import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadTarget } from '../../src/cli/image/image.js'
import { lockAddress } from '../../src/cli/gallery/gallery-lock.js'
import { listSources } from '../../src/cli/gallery/gallery-sources.js'
import { MYSTERY_NET, parameterSpecs } from '../../src/model/architecture.js'
import { foldNetwork } from '../../src/model/fold.js'
import { createNetwork } from '../../src/model/network.js'
import { StateDict } from '../../src/model/state-dict.js'
import { formatManifest, type ManifestFlag } from '../../src/train/gallery/manifest.js'
import { parsePlan } from '../../src/train/gallery/plan.js'
import { networkTensors } from '../../src/train/network-tensors.js'
import { isFull } from '../is-full.js'
import { createRandom } from '../model/network-files.js'
import { checkNothingHalf, contentsOf, copyFlags, readFlags } from './gallery-folder.js'
import { referencePsnr, referencePsnrSeen } from '../train/reference-psnr.js'
import { escaped, expectRefused, runVexel } from './run-vexel.js'
import { discPng, startVexel, type TrainProcess } from './train-process.js'

const folder = mkdtempSync(join(tmpdir(), 'vexel-gallery-'))
afterAll(() => rmSync(folder, { recursive: true }))

const CODES = ['my', 'np', 'pl']
const source = copyFlags(join(folder, 'source'), CODES)
discPng(join(source, 'disc.png'))
const ALL = [...CODES, 'disc'].sort()

/** The disc reaches 15 dB in the first round, the flags do not. */
const ROUNDS = [
  { steps: 60, recipe: { batch: 64 } },
  { steps: 90, recipe: { batch: 64, name: 'longer' }, below: 15 },
]
const plan = planFile('plan', ROUNDS)

function planFile(name: string, rounds: unknown): string {
  const path = join(folder, `${name}.json`)
  writeFileSync(path, JSON.stringify({ rounds }))
  return path
}

const TINY = ['--width', '16', '--detail', '32', '--films', 'my', '--frames', '5', '--threads', '2', '--json']

/** Arguments of a small gallery. */
const gallery = (out: string, ...options: string[]) => [
  'gallery',
  source,
  '-o',
  out,
  ...TINY,
  ...(options.includes('--plan') ? [] : ['--plan', plan]),
  ...options,
]

type Event = Record<string, unknown> & { readonly event: string }
const eventsOf = (text: string): Event[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))
const roundsOf = (text: string) => eventsOf(text).filter(({ event }) => event === 'round')

/** Runs what must succeed. */
async function run(args: readonly string[]) {
  const outcome = await runVexel(args, { cwd: folder })
  expect(outcome.code, outcome.stderr).toBe(0)
  return outcome
}

const refused = (args: readonly string[], code: number, line: RegExp) =>
  expectRefused(args, code, line, { cwd: folder })

/** Waits until a round is finished; false when the run ends before. */
async function untilRound({ child, ended }: TrainProcess): Promise<boolean> {
  return await new Promise(resolve => {
    child.stdout?.on('data', chunk => String(chunk).includes('"round"') && resolve(true))
    void ended.then(() => resolve(false))
  })
}

const whole = join(folder, 'whole')
let rounds: Event[]
let wholeMs: number
let expected: Record<string, unknown>

beforeAll(async () => {
  const startMs = performance.now()
  rounds = roundsOf((await run(gallery(whole))).text)
  wholeMs = performance.now() - startMs
  expected = contentsOf(whole)
})

/** A folder with the finished gallery in it. */
function copyOfWhole(name: string): string {
  const out = join(folder, name)
  cpSync(whole, out, { recursive: true, preserveTimestamps: true })
  return out
}

/** Holds that the files of these pictures, and no others, are those of the undisturbed gallery. */
function expectFilesOf(out: string, codes: readonly string[]): void {
  const { 'flags.json': _, ...files } = contentsOf(out)
  expect(files).toEqual(
    Object.fromEntries(Object.entries(expected).filter(([name]) => codes.includes(name.split('.')[0]))),
  )
}

const lineOf = (out: string, code: string) => readFlags(out).find(flag => flag.code === code) as ManifestFlag

describe('a gallery', () => {
  test('has a net for every picture, a film for those wanted, a manifest, and nothing else', () => {
    const files = [...ALL.map(code => `${code}.safetensors`), 'flags.json', 'my.film.safetensors'].sort()
    expect(Object.keys(expected)).toEqual(files)
    expect(readFlags(whole).map(({ code }) => code)).toEqual(ALL)
    expect(readFlags(whole).filter(({ film }) => film)).toMatchObject([{ code: 'my', film: 'my.film.safetensors' }])
    for (const { file, bytes } of readFlags(whole)) expect(statSync(join(whole, file)).size).toBe(bytes)
    const size = ({ width, height, detailWidth, detailHeight }: ManifestFlag) => [
      width,
      height,
      detailWidth,
      detailHeight,
    ]
    // A drawing has what was asked for, exactly twice as fine or in its own proportions; a picture no more than its pixels.
    expect(ALL.map(code => [code, ...size(lineOf(whole, code))])).toEqual([
      ['disc', 16, 10, 32, 20],
      ['my', 16, 8, 32, 16],
      ['np', 16, 20, 26, 32],
      ['pl', 16, 10, 32, 20],
    ])
  })

  test('has the tensors of PyTorch in every file: names, shapes, dtypes', () => {
    for (const { file } of readFlags(whole)) {
      const stateDict = StateDict.parse(readFileSync(join(whole, file)))
      const learnable = stateDict.entry('dense1.weight').dtype
      expect(['F16', 'F32']).toContain(learnable)
      const wanted = MYSTERY_NET.layers.flatMap(layer => [
        ...parameterSpecs(layer).map(spec => [spec.name, spec.learnable ? learnable : 'F32', [...spec.shape]]),
        ...(layer.kind === 'batchNorm' ? [[`${layer.name}.num_batches_tracked`, 'I64', []]] : []),
      ])
      const found = stateDict.names.map(name => [name, stateDict.entry(name).dtype, [...stateDict.entry(name).shape]])
      expect(found.sort(), file).toEqual(wanted.sort())
      expect(createNetwork(stateDict).warnings).toEqual([])
    }
  })

  test('says PSNRs and SSIMs that vexel compare measures again, and the file says itself', async () => {
    const measured = readFlags(whole).map(async ({ code, file, ...flag }) => {
      const image = join(source, code === 'disc' ? 'disc.png' : `${code}.svg`)
      const compared = JSON.parse((await run(['compare', join(whole, file), image, '--json'])).text)
      for (const key of ['width', 'height', 'detailWidth', 'detailHeight'] as const)
        expect(compared[key], `${code} ${key}`).toBe(flag[key])
      for (const key of ['psnr', 'psnrDetail'] as const)
        expect(Math.abs(compared[key] - Number(flag[key])), `${code} ${key}`).toBeLessThan(1e-4)
      for (const key of ['ssim', 'ssimDetail'] as const)
        expect(Math.abs(compared[key] - Number(flag[key])), `${code} ${key}`).toBeLessThan(1e-5)
      const { metadata } = StateDict.parse(readFileSync(join(whole, file)))
      expect(Number(metadata.get('vexel.psnr')), code).toBe(flag.psnr)
      expect(Number(metadata.get('vexel.psnrDetail')), code).toBe(flag.psnrDetail)
    })
    await Promise.all(measured)
  })

  test('gives the later rounds to those that are not good enough, the worst first, and to no others', () => {
    const first = rounds.filter(({ round }) => round === 1)
    const second = rounds.filter(({ round }) => round === 2)
    expect(rounds.slice(0, ALL.length)).toEqual(first)
    expect(first.map(({ code }) => code).sort()).toEqual(ALL)
    const hard = first.filter(({ psnr }) => (psnr as number) < 15).map(({ code }) => code)
    expect(second.map(({ code }) => code).sort()).toEqual(hard.sort())
    expect(hard.length).toBeGreaterThan(1)
    expect(hard.length).toBeLessThan(ALL.length)
    for (const { code, rounds: had } of readFlags(whole)) expect(had, code).toBe(hard.includes(code) ? 2 : 1)
  })

  test.runIf(isFull)('takes the worst first in a later round', async () => {
    const { text } = await run(gallery(join(folder, 'ordered'), '--threads', '1', '--only', 'my,np'))
    const psnrOf = new Map(
      roundsOf(text).flatMap(({ code, round, psnr }) => (round === 1 ? [[code, psnr]] : [])) as never,
    )
    const second = roundsOf(text).flatMap(({ code, round }) => (round === 2 ? [psnrOf.get(code)] : [])) as number[]
    expect(second.length).toBeGreaterThan(1)
    expect(second).toEqual([...second].sort((a, b) => a - b))
  })

  test('keeps the best net of several rounds, with its film', async () => {
    const out = join(folder, 'worse')
    const worse = planFile('worse', [...ROUNDS.slice(0, 1), { steps: 4, recipe: { batch: 64, name: 'short' } }])
    await run(gallery(out, '--plan', planFile('first', ROUNDS.slice(0, 1)), '--only', 'my,pl'))
    const before = contentsOf(out)
    const { text } = await run(gallery(out, '--plan', worse, '--only', 'my,pl'))
    const events = roundsOf(text)
    expect(events).toHaveLength(2)
    for (const { code, psnr, best } of events) {
      expect(psnr as number).toBeLessThan(best as number)
      expect(lineOf(out, code as string)).toMatchObject({ psnr: best, recipe: 'own', rounds: 2, seed: 1 })
    }
    const after = contentsOf(out)
    expect({ ...after, 'flags.json': null }).toEqual({ ...before, 'flags.json': null })
    expect(after['flags.json']).toEqual((before['flags.json'] as object[]).map(line => ({ ...line, rounds: 2 })))
  })

  test('does no finished work twice: a second call trains nothing and writes nothing', async () => {
    const times = () => readdirSync(whole).map(name => [name, statSync(join(whole, name)).mtimeMs])
    const before = times()
    const { text, stderr } = await run(gallery(whole))
    expect(eventsOf(text)).toEqual([{ event: 'done', out: whole, flags: 4, finished: 4, failed: 0 }])
    expect(stderr).toBe('')
    expect(times()).toEqual(before)
  })

  test('tells its progress in plain lines where there is no terminal', async () => {
    const args = gallery(join(folder, 'plain'), '--only', 'disc').filter(arg => arg !== '--json')
    const { text, stderr } = await run(args)
    expect(stderr).toMatch(
      /^disc \| round 1 of 2 \| \d+\.\d\d dB \(\d+\.\d\d in detail\) \| \d+\.\d s \| 1 of 1 flags finished\n$/,
    )
    expect(text).toMatch(/plain\/flags\.json: 1 of 1 flags finished\n$/)
  })

  test.runIf(isFull)('is in float16 where that costs at most 0.2 dB of both measures, else in float32', async () => {
    // Learned longer, Poland is so near its picture that float16 shows.
    const fine = { steps: 600, recipe: { batch: 256 } }
    for (const [name, round, dtype] of [
      ['rough', ROUNDS[0], 'F16'],
      ['fine', fine, 'F32'],
    ] as const) {
      const out = join(folder, name)
      await run(gallery(out, '--plan', planFile(name, [round]), '--only', 'pl'))
      expect(await heldPrecision(out, round)).toBe(dtype)
    }
  })

  /** Holds that a net of Poland is that of the same training by `vexel train`, in the dtype that its loss calls for. */
  async function heldPrecision(at: string, round: object): Promise<string> {
    const { recipe, steps, seed } = parsePlan({ rounds: [round] })[0]
    const [single, recipeFile] = [join(folder, 'single.safetensors'), join(folder, 'recipe.json')]
    writeFileSync(recipeFile, JSON.stringify(recipe))
    const image = join(source, 'pl.svg')
    const settings = ['--steps', `${steps}`, '--seed', `${seed}`, '--threads', '1', '--width', '16', '--detail', '32']
    await run(['train', image, '-o', single, '--recipe', recipeFile, ...settings])
    const { target } = await loadTarget(image, { width: 16, detail: 32 })
    const psnrsOf = (stateDict: StateDict) => {
      const folded = foldNetwork(createNetwork(stateDict))
      return [referencePsnrSeen(folded, target.seen), referencePsnr(folded, target.detail)]
    }
    const full = StateDict.parse(readFileSync(single))
    const tensors = new Map(full.names.map(name => [name, Float32Array.from(full.values(name))]))
    const half = StateDict.create(networkTensors(MYSTERY_NET, tensors, steps, 'F16'))
    const [before, after] = [psnrsOf(full), psnrsOf(half)]
    const loss = Math.max(...before.map((psnr, i) => psnr - after[i]))
    const kept = StateDict.parse(readFileSync(join(at, 'pl.safetensors')))
    const { dtype } = kept.entry('dense1.weight')
    expect(dtype, `float16 loses ${loss} dB`).toBe(loss <= 0.2 ? 'F16' : 'F32')
    const same = dtype === 'F16' ? half : full
    for (const name of kept.names) expect([...kept.values(name)], name).toEqual([...same.values(name)])
    return dtype
  }
})

describe('an interrupted gallery', () => {
  test(
    'that is killed at random moments ends with the files of an undisturbed one, and nothing half is left',
    { timeout: 1_800_000 },
    async () => {
      const kills = isFull ? 10 : 2
      const random = createRandom(23)
      const out = join(folder, 'killed')
      const args = gallery(out, '--checkpoint-every', '0.01')
      for (let done = 0; done < kills;) {
        const process = startVexel(args)
        // From before the first line of the script to near the end.
        const timer = setTimeout(() => process.child.kill('SIGKILL'), random() * wholeMs * 0.7)
        const { signal, code, stderr } = await process.ended
        clearTimeout(timer)
        checkNothingHalf(out)
        if (signal === 'SIGKILL') {
          done++
          continue
        }
        expect(code, stderr).toBe(0)
        expect(contentsOf(out)).toEqual(expected)
        rmSync(out, { recursive: true })
      }
      await run(args)
      expect(contentsOf(out)).toEqual(expected)
    },
  )

  const signals = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const
  test.each(isFull ? signals : signals.slice(0, 1))(
    'stops on %s, says so, and the same call ends as if nothing had happened',
    async (signal, exit) => {
      const out = join(folder, signal)
      const process = startVexel(gallery(out))
      expect(await untilRound(process)).toBe(true)
      process.child.kill(signal)
      const { code, stderr, stdout } = await process.ended
      expect(code).toBe(exit)
      expect(stderr).toMatch(/^stopped with \d of 4 flags finished; the same call goes on\n$/)
      checkNothingHalf(out)
      const { text } = await run(gallery(out))
      expect(roundsOf(stdout).length + roundsOf(text).length).toBe(rounds.length)
      expect(contentsOf(out)).toEqual(expected)
    },
  )

  test('is tidied up after: half files of nets, films, checkpoints and the manifest, and checkpoints of finished flags', async () => {
    const out = copyOfWhole('tidied')
    for (const name of ['my.safetensors', 'my.film.safetensors', 'np.safetensors.checkpoint', 'flags.json'])
      writeFileSync(join(out, `${name}.0123abcd.tmp`), 'half of it')
    writeFileSync(join(out, 'np.safetensors.checkpoint'), 'of the round that is done')
    const foreign = ['notes.txt', 'notes.txt.0123abcd.tmp', 'flags.json.tmp']
    for (const name of foreign) writeFileSync(join(out, name), 'not ours')
    await run(gallery(out))
    for (const name of foreign) rmSync(join(out, name))
    expect(contentsOf(out)).toEqual(expected)
  })

  test.runIf(isFull)(
    'ends a round again, the same way, whose net is there and whose line in the manifest is not',
    async () => {
      const out = join(folder, 'unlisted')
      await run(gallery(out, '--plan', planFile('first', ROUNDS.slice(0, 1))))
      for (const name of readdirSync(whole)) if (name !== 'flags.json') copyFileSync(join(whole, name), join(out, name))
      const { text } = await run(gallery(out))
      expect(new Set(roundsOf(text).map(({ round }) => round))).toEqual(new Set([2]))
      expect(contentsOf(out)).toEqual(expected)
    },
  )

  test('begins a round anew whose checkpoint is damaged, and says so', async () => {
    const out = join(folder, 'damaged')
    mkdirSync(out)
    writeFileSync(join(out, 'pl.safetensors.checkpoint'), 'nothing of the kind')
    const { stderr } = await run(gallery(out, '--only', 'pl'))
    expect(stderr).toMatch(/^[^\n]*pl\.safetensors\.checkpoint: [^\n]*; the run begins anew\n$/)
    const { 'pl.safetensors': digest } = expected
    expect(contentsOf(out)).toMatchObject({ 'pl.safetensors': digest })
    expect(readdirSync(out)).toEqual(['flags.json', 'pl.safetensors'])
  })
})

describe('a gallery in shards', () => {
  const parts = (count: number) => Array.from({ length: count }, (_, i) => `${i + 1}/${count}`)

  test.each(isFull ? [2, 3] : [2])(
    'of %d, all at once in one folder, is the whole one when they have ended',
    async count => {
      const out = join(folder, `at-once-${count}`)
      const calls = parts(count).map(part => gallery(out, '--shard', part, '--threads', '1'))
      const outcomes = await Promise.all(calls.map(run))
      const done = outcomes.flatMap(({ text }) => eventsOf(text).filter(({ event }) => event === 'done'))
      expect(done.reduce((sum, { flags }) => sum + (flags as number), 0)).toBe(ALL.length)
      expect(contentsOf(out)).toMatchObject(expected)
      const { text } = await run(['gallery', '-o', out, '--merge'])
      expect(text).toMatch(/flags\.json: 4 flags\n$/)
      expect(contentsOf(out)).toEqual(expected)
      // Neither a shard nor a whole call has anything left to do.
      for (const call of [calls[0], gallery(out)]) expect(roundsOf((await run(call)).text)).toEqual([])
    },
  )

  test('on machines of their own is the whole one when the folders are merged', async () => {
    const out = join(folder, 'gathered')
    mkdirSync(out)
    // More shards than pictures: some have nothing to do, and are not missed.
    const machines = parts(5).map(part => ({ part, own: join(folder, `machine-${part[0]}`) }))
    await Promise.all(machines.map(({ part, own }) => run(gallery(own, '--shard', part))))
    for (const { own } of machines)
      for (const name of readdirSync(own)) if (name !== 'flags.json') copyFileSync(join(own, name), join(out, name))
    const { stderr } = await run(['gallery', '-o', out, '--merge'])
    expect(stderr).toBe('')
    expect(contentsOf(out)).toEqual(expected)
  })

  test.runIf(isFull)('that is killed goes on by the same call, and by a whole one, too', async () => {
    const out = join(folder, 'killed-shards')
    for (const part of parts(2)) {
      const process = startVexel(gallery(out, '--shard', part))
      expect(await untilRound(process)).toBe(true)
      process.child.kill('SIGKILL')
      expect((await process.ended).signal).toBe('SIGKILL')
    }
    writeFileSync(join(out, 'flags.1-of-2.json.0123abcd.tmp'), 'half of it')
    await run(gallery(out, '--shard', '1/2'))
    await run(gallery(out))
    await run(['gallery', '-o', out, '--merge'])
    expect(contentsOf(out)).toEqual(expected)
  })

  test.runIf(isFull)('can be merged before all are there: what is missing is told', async () => {
    const out = join(folder, 'early')
    await run(gallery(out, '--shard', '2/3'))
    const { stderr, text } = await run(['gallery', '-o', out, '--merge'])
    expect(stderr).toMatch(/^.*flags\.1-of-3\.json and 1 more: not there; flags of these shards may be missing\n$/)
    expect(text).toMatch(/flags\.json: 1 flags\n$/)
    await Promise.all(['1/3', '3/3'].map(part => run(gallery(out, '--shard', part))))
    await run(['gallery', '-o', out, '--merge'])
    expect(contentsOf(out)).toEqual(expected)
  })

  test('is not merged where there is nothing, or a part is empty or broken: one line', async () => {
    const out = join(folder, 'nothing-to-merge')
    await refused(['gallery', '-o', out, '--merge'], 1, /nothing-to-merge: no such folder$/m)
    expect(existsSync(out)).toBe(false)
    mkdirSync(out)
    await refused(['gallery', '-o', out, '--merge'], 1, /nothing-to-merge: there is no manifest in it/)
    writeFileSync(join(out, 'flags.1-of-2.json'), '')
    await refused(['gallery', '-o', out, '--merge'], 1, /flags\.1-of-2\.json: expected JSON$/m)
    writeFileSync(join(out, 'flags.1-of-2.json'), '{"flags": [{"code": 3}]}')
    await refused(['gallery', '-o', out, '--merge'], 1, /flags\.1-of-2\.json: flags\[0\]\.code: expected a text$/m)
    expect(readdirSync(out)).toEqual(['flags.1-of-2.json'])
  })
})

describe('a folder that has been worked on', () => {
  test('--only trains some, and leaves the files and the lines of the others', async () => {
    const out = copyOfWhole('only')
    const before = readFlags(out)
    const stranger = { ...before[0], code: 'atlantis', name: 'Atlantis', file: 'atlantis.safetensors' }
    writeFileSync(join(out, 'flags.json'), formatManifest([...before.filter(({ code }) => code !== 'pl'), stranger]))
    const { text } = await run(gallery(out, '--only', 'pl'))
    expect(new Set(roundsOf(text).map(({ code }) => code))).toEqual(new Set(['pl']))
    const after = readFlags(out)
    expect(after.filter(({ code }) => code !== 'pl')).toEqual([stranger, ...before.filter(({ code }) => code !== 'pl')])
    writeFileSync(join(out, 'flags.json'), formatManifest(after.filter(({ code }) => code !== 'atlantis')))
    expect(contentsOf(out)).toEqual(expected)
  })

  test('a net that has been taken away is trained again, the others are not', async () => {
    const out = copyOfWhole('lost')
    rmSync(join(out, 'disc.safetensors'))
    const { text } = await run(gallery(out))
    expect(new Set(roundsOf(text).map(({ code }) => code))).toEqual(new Set(['disc']))
    expect(contentsOf(out)).toEqual(expected)
  })

  test('another picture under the same name is another flag, also where old parts of shards lie around', async () => {
    const changed = join(folder, 'changed')
    cpSync(source, changed, { recursive: true })
    const of = (out: string, ...options: string[]) =>
      gallery(out, ...options).map(arg => (arg === source ? changed : arg))
    const out = copyOfWhole('repainted')
    // The old lines have had more rounds: that must not count.
    const old = readFlags(out).map(flag => ({ ...flag, rounds: 9 }))
    writeFileSync(join(out, 'flags.1-of-2.json'), formatManifest(old))
    discPng(join(changed, 'disc.png'), [20, 200, 90])
    const { text } = await run(of(out, '--shard', '1/2'))
    expect(new Set(roundsOf(text).map(({ code }) => code))).toEqual(new Set(['disc']))
    expect(lineOf(out, 'disc').target).not.toBe(old.find(({ code }) => code === 'disc')?.target)
    const fresh = join(folder, 'fresh')
    await run(of(fresh, '--only', 'disc'))
    expect(readFileSync(join(out, 'disc.safetensors'))).toEqual(readFileSync(join(fresh, 'disc.safetensors')))
    writeFileSync(join(out, 'flags.2-of-2.json'), formatManifest(old))
    expect(roundsOf((await run(of(out))).text)).toEqual([])
    await run(['gallery', '-o', out, '--merge'])
    expect({ ...lineOf(out, 'disc'), seconds: 0 }).toEqual({ ...lineOf(fresh, 'disc'), seconds: 0 })
    // And one that is none leaves the flag that was there.
    writeFileSync(join(changed, 'disc.png'), 'no picture')
    const broken = await runVexel(of(out), { cwd: folder })
    expect(broken.code).toBe(1)
    expect(broken.stderr).toMatch(/^[^\n]*disc\.png: [^\n]*\n$/)
    expect({ ...lineOf(out, 'disc'), seconds: 0 }).toEqual({ ...lineOf(fresh, 'disc'), seconds: 0 })
  })

  test.runIf(isFull)(
    'is trained anew for another --detail, and for another --width, and not for the same',
    async () => {
      const out = copyOfWhole('finer')
      const wanted = (...options: string[]) => gallery(out, '--only', 'pl', ...options)
      const roundsAt = async (...options: string[]) => roundsOf((await run(wanted(...options))).text).length
      expect(await roundsAt()).toBe(0)
      expect(await roundsAt('--detail', '96')).toBeGreaterThan(0)
      expect(lineOf(out, 'pl')).toMatchObject({ width: 16, height: 10, detailWidth: 96, detailHeight: 60 })
      expect(await roundsAt('--detail', '96')).toBe(0)
      expect(await roundsAt('--detail', '96', '--width', '48')).toBeGreaterThan(0)
      expect(lineOf(out, 'pl')).toMatchObject({ width: 48, height: 30, detailWidth: 96, detailHeight: 60 })
    },
  )

  test('a broken manifest is told in one line, and nothing is touched', async () => {
    const out = copyOfWhole('broken-manifest')
    for (const [text, line] of [
      ['{"flags": [', /flags\.json: expected JSON$/m],
      ['{"flags": [{"code": "my"}]}', /flags\.json: flags\[0\]\.name: expected a text$/m],
    ] as const) {
      writeFileSync(join(out, 'flags.json'), text)
      await refused(gallery(out), 1, line)
      expect(readFileSync(join(out, 'flags.json'), 'utf8')).toBe(text)
    }
    expect(readdirSync(out)).toEqual(readdirSync(whole))
  })

  test.runIf(isFull)('a second process on it is refused, and does not disturb the first', async () => {
    const out = join(folder, 'twice')
    const first = startVexel(gallery(out, '--only', 'my,np'))
    expect(await untilRound(first)).toBe(true)
    // Held still, so that it is at work for as long as the others need to start.
    first.child.kill('SIGSTOP')
    await refused(gallery(out), 2, /flags\.json: another process is at work on it; --shard splits the work$/m)
    await refused(['gallery', '-o', out, '--merge'], 2, /another process is at work on it/)
    first.child.kill('SIGCONT')
    expect((await first.ended).code).toBe(0)
    expectFilesOf(out, ['my', 'np'])
  })
})

test('a lock is held by one, and let go of; what a killed owner leaves behind is no lock', async () => {
  const address = join(folder, 'lock')
  const lock = await lockAddress(address)
  expect(lock).not.toBeNull()
  expect(await lockAddress(address)).toBeNull()
  await lock?.release()
  const script = `require('net').createServer().listen(${JSON.stringify(address)}, () => process.kill(process.pid, 'SIGKILL'))`
  expect(() => execFileSync(process.execPath, ['-e', script], { stdio: 'ignore' })).toThrow()
  expect(existsSync(address)).toBe(true)
  const again = await lockAddress(address)
  expect(again).not.toBeNull()
  await again?.release()
})

describe('pictures', () => {
  test('may have odd names; hidden files and folders are none; broken ones harm no other', async () => {
    const odd = join(folder, 'odd')
    mkdirSync(odd)
    const names = ['a b', `it's "x"`, 'Côte d’Ivoire', 'flags.json', '100% #1', 'x.y', '旗']
    for (const name of names) discPng(join(odd, `${name}.png`))
    for (const name of ['.png', '._a b.png', '.hidden.svg', 'list.txt']) writeFileSync(join(odd, name), 'none')
    mkdirSync(join(odd, 'folder.png'))
    writeFileSync(join(odd, 'broken.png'), 'no picture')
    writeFileSync(join(odd, 'empty.svg'), '')
    symlinkSync('nowhere.png', join(odd, 'dangling.png'))
    writeFileSync(join(odd, 'countries.json'), '{"X.Y": "Xanadu", "旗": ""}')
    const out = join(folder, 'odd-out')
    const quick = planFile('quick', [{ steps: 20, recipe: { batch: 64 } }])
    const args = ['gallery', odd, '-o', out, '--width', '16', '--plan', quick, '--json']
    const { code, stderr, text } = await runVexel(args, { cwd: folder })
    expect(code).toBe(1)
    expect(stderr.trimEnd().split('\n').sort()).toEqual([
      expect.stringMatching(/broken\.png: /),
      expect.stringMatching(/dangling\.png: no such file/),
      expect.stringMatching(/empty\.svg: /),
    ])
    expect(eventsOf(text).pop()).toMatchObject({ flags: 10, finished: 7, failed: 3 })
    expect(readdirSync(out)).toEqual([...names.map(name => `${name}.safetensors`), 'flags.json'].sort())
    expect(readFlags(out).map(({ code }) => code)).toEqual([...names].sort())
    expect(lineOf(out, 'x.y').name).toBe('Xanadu')
    expect(lineOf(out, '旗').name).toBe('旗')
    // The solver's catalogue of the same folder has the good ones, too.
    const catalogue = await runVexel(['gallery', odd, '-o', join(folder, 'odd-pictures'), '--pictures'], {
      cwd: folder,
    })
    expect(catalogue.code).toBe(1)
    expect(catalogue.stderr.match(/^left out: /gm)).toHaveLength(3)
    expect(catalogue.text).toMatch(/: 7 pictures of 48 x 48 pixels$/m)
    // And again: the good ones are finished, the broken ones are told of again.
    const again = await runVexel(args, { cwd: folder })
    expect({ code: again.code, rounds: roundsOf(again.text) }).toEqual({ code: 1, rounds: [] })
  })

  test.each([
    [['my.png', 'my.svg'], /my\.svg: .*my\.png has the same name; a name is a flag$/],
    [['MY.png', 'my.png'], /my\.png: .*MY\.png has the same name; a name is a flag$/],
    [['\u00e9.png', 'e\u0301.png'], /has the same name; a name is a flag$/],
    [['my.png', 'my.film.png'], /my\.film\.png: the film of .*my\.png would have its file$/],
    [['readme.txt'], /there are no images in it/],
  ])('that would overwrite each other, or are none, are refused: %j', async (names, line) => {
    const clash = mkdtempSync(join(folder, 'clash-'))
    for (const name of names) discPng(join(clash, name))
    // This disk itself may know no case.
    if (readdirSync(clash).length === names.length) await expect(listSources(clash)).rejects.toThrow(line)
  })
})

test('a wrong call is exit 2 and one line, a wrong plan exit 1, and leaves nothing behind', async () => {
  const out = join(folder, 'never')
  await Promise.all([
    refused(gallery(out, '--shard', '3/2'), 2, /^vexel: --shard 3\/2: expected I\/N/),
    refused(gallery(out, '--shard', '0/2'), 2, /^vexel: --shard 0\/2: expected I\/N/),
    refused(gallery(out, '--only', 'my,atlantis'), 2, /^vexel: --only my,atlantis: there is no image "atlantis"$/m),
    refused(gallery(out, '--films', 'xx'), 2, /^vexel: --films xx: there is no image "xx"$/m),
    refused(gallery(out, '--width', '5000'), 2, /^vexel: --width 5000: expected a whole number from 1 to 4096$/m),
    refused(gallery(out, '--detail', '4097'), 2, /^vexel: --detail 4097: expected a whole number from 1 to 4096$/m),
    refused(gallery(out, '--threads', '0'), 2, /^vexel: --threads 0: /),
    refused(
      gallery(out, '--plan', planFile('none', [])),
      1,
      /none\.json: rounds: expected a list of 1 to 100 rounds$/m,
    ),
    refused(gallery(out, '--plan', source), 1, /source: is a folder$/m),
    refused(['gallery', '-o', out], 2, /^vexel: missing argument: the folder of the images$/m),
    refused(['gallery', join(folder, 'nowhere'), '-o', out], 1, /nowhere: no such folder$/m),
    refused(['gallery', plan, '-o', out], 1, /plan\.json: is no folder$/m),
    refused(gallery(join(plan, 'out')), 3, /cannot be made \(ENOTDIR\)$/m),
  ])
  expect(existsSync(out)).toBe(false)
})

test('a folder where a net is to be is told before the first step', async () => {
  const out = join(folder, 'occupied')
  mkdirSync(join(out, 'pl.safetensors'), { recursive: true })
  await refused(
    gallery(out),
    3,
    new RegExp(`${escaped(join(out, 'pl.safetensors'))}: cannot be written \\(EISDIR\\)$`, 'm'),
  )
})

test('a disk that fills up ends it with one line, and with room it ends with the same files', async context => {
  const out = join(folder, 'disk')
  mkdirSync(out)
  const mount = (size: string, ...more: string[]) =>
    execFileSync('mount', ['-t', 'tmpfs', '-o', [`size=${size}`, ...more].join(','), 'tmpfs', out], { stdio: 'ignore' })
  try {
    // Not enough for a net and a film.
    mount('64k')
  } catch {
    context.skip('a small disk can only be made by root')
  }
  try {
    const call = gallery(out, '--only', 'my')
    const { code, stderr } = await runVexel(call, { cwd: folder })
    expect(code).toBe(3)
    expect(stderr).toMatch(/^vexel: [^\n]*: cannot be written \(ENOSPC\)$/m)
    checkNothingHalf(out)
    mount('4m', 'remount')
    await run(call)
    expectFilesOf(out, ['my'])
  } finally {
    execFileSync('umount', [out])
  }
})
