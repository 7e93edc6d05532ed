// The flags that are shipped: every line of the manifest is held to its file, to the picture it was trained on, and to what a
// GPU draws of it. A seeded six of them; all in full. VEXEL_GALLERY names another folder to hold to it.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { identifyTarget } from '../../src/cli/gallery/gallery-sources.js'
import { targetSettings } from '../../src/cli/gallery/gallery-work.js'
import { loadTarget } from '../../src/cli/image/image.js'
import { isWithinTolerance } from '../../src/gpu/parity.js'
import { MYSTERY_NET, parameterSpecs } from '../../src/model/architecture.js'
import { foldNetwork } from '../../src/model/fold.js'
import { createNetwork } from '../../src/model/network.js'
import { StateDict } from '../../src/model/state-dict.js'
import { readFrame } from '../../src/model/summary.js'
import { WHITE } from '../../src/train/colour.js'
import { type ManifestFlag, parseManifest } from '../../src/train/gallery/manifest.js'
import { DEFAULT_PLAN, nextRound } from '../../src/train/gallery/plan.js'
import { compareImages } from '../../src/train/metrics.js'
import { drawNetwork } from '../../src/train/network-picture.js'
import { measureQuality } from '../../src/train/quality.js'
import { connect, openHarness } from '../browser/pages.js'
import { isFull } from '../is-full.js'
import { FLAGS_FOLDER } from '../cli/gallery-folder.js'
import { createRandom } from '../model/network-files.js'

const FOLDER = process.env.VEXEL_GALLERY ?? fileURLToPath(new URL('../../public/flags', import.meta.url))
const SAMPLE = 6
/** Pictures that a page is handed at a time. */
const BATCH = 16
/** For all of them, on a loaded machine. */
const timeout = 1_800_000
/** `vexel parity` over the whole frame, on so many points. */
const PARITY_SIZE = { width: 64, height: 64 }

const text = readFileSync(join(FOLDER, 'flags.json'), 'utf8')
/** Lines without a target are not of `vexel gallery`. */
const isTrained = (JSON.parse(text) as { flags: object[] }).flags.every(flag => 'target' in flag)
const flags = isTrained ? parseManifest(text) : []
const chosen = isFull ? flags : sampleOf(flags, SAMPLE, 41)
/** Those that are drawn and measured again, which takes seconds each. */
const measuredAgain = isFull ? flags : chosen.slice(0, 1)

const sourceOf = ({ code }: ManifestFlag) => join(FLAGS_FOLDER, `${code}.svg`)
const read = (file: string) => StateDict.parse(readFileSync(join(FOLDER, file)))

describe.skipIf(!isTrained)(
  isTrained ? 'the gallery' : 'the gallery is not shipped yet: flags.json has lines without a target',
  () => {
    test('is what its manifest says: every file is there, of that size, and no net is unlisted', () => {
      for (const { code, file, film, bytes } of flags) {
        expect(statSync(join(FOLDER, file)).size, code).toBe(bytes)
        if (film !== undefined) expect(statSync(join(FOLDER, film)).isFile(), code).toBe(true)
      }
      const listed = flags.flatMap(({ file, film }) => (film === undefined ? [file] : [file, film]))
      const nets = readdirSync(FOLDER).filter(name => name.endsWith('.safetensors'))
      expect(nets.sort()).toEqual(listed.sort())
    })

    test('is good enough: 30 dB in the middle, 22 dB at least, 40 dB for a third', () => {
      const psnrs = flags.map(({ psnr }) => psnr).sort((a, b) => a - b)
      // One that has rounds to come may be worse for now.
      const isFinished = ({ rounds, psnr }: ManifestFlag) =>
        nextRound(DEFAULT_PLAN, rounds, psnr) >= DEFAULT_PLAN.length
      const bad = flags.filter(flag => flag.psnr < 22 && isFinished(flag))
      expect(bad.map(({ code, psnr }) => `${code} ${psnr}`)).toEqual([])
      expect(psnrs[Math.floor(psnrs.length / 2)]).toBeGreaterThanOrEqual(30)
      expect(psnrs.filter(psnr => psnr >= 40).length).toBeGreaterThanOrEqual(flags.length / 3)
    })

    test('has the tensors of PyTorch in its files: names, shapes, dtypes', () => {
      for (const { file } of chosen) {
        const stateDict = read(file)
        const learnable = stateDict.entry('dense1.weight').dtype
        expect(['F16', 'F32'], file).toContain(learnable)
        const wanted = MYSTERY_NET.layers.flatMap(layer => [
          ...parameterSpecs(layer).map(spec => [spec.name, spec.learnable ? learnable : 'F32', [...spec.shape]]),
          ...(layer.kind === 'batchNorm' ? [[`${layer.name}.num_batches_tracked`, 'I64', []]] : []),
        ])
        const found = stateDict.names.map(name => [name, stateDict.entry(name).dtype, [...stateDict.entry(name).shape]])
        expect(found.sort(), file).toEqual(wanted.sort())
      }
    })

    test(
      'has the PSNR that its manifest says, measured again against the pictures of the package',
      { timeout },
      async () => {
        for (const flag of measuredAgain) {
          const { code, width, height, detailWidth, detailHeight, psnrDetail, ssimDetail } = flag
          // A line without a detail was trained on what is seen, and measured at its pixels' centres.
          const isPlain = detailWidth === undefined || detailHeight === undefined
          const edge = isPlain ? 1 : Math.max(detailWidth, detailHeight)
          const { target } = await loadTarget(sourceOf(flag), { width, detail: edge })
          const sizeOf = ({ width, height }: { width: number; height: number }) => ({ width, height })
          expect(sizeOf(target.seen), code).toEqual({ width, height })
          if (!isPlain) expect(sizeOf(target.detail), code).toEqual({ width: detailWidth, height: detailHeight })
          const stateDict = read(flag.file)
          const folded = foldNetwork(createNetwork(stateDict))
          const { frame } = readFrame(stateDict)
          const quality = isPlain
            ? compareImages(drawNetwork(folded, frame, target.seen), target.seen)
            : measureQuality(folded, frame, target)
          const said = { psnr: flag.psnr, ssim: flag.ssim, ...(isPlain ? {} : { psnrDetail, ssimDetail }) }
          for (const [key, value] of Object.entries(said)) {
            const [measured, atol] = [quality[key as keyof typeof quality], key.startsWith('psnr') ? 0.05 : 0.001]
            expect(Math.abs(measured - Number(value)), `${code}: ${key} ${measured}, not ${value}`).toBeLessThan(atol)
          }
          const settings = targetSettings({ width, detail: edge, background: WHITE })
          expect(await identifyTarget(sourceOf(flag), isPlain ? `${width} ${WHITE}` : settings), code).toBe(flag.target)
        }
      },
    )

    test('has films that end with the nets', () => {
      for (const { file, film, steps } of flags) {
        if (film === undefined) continue
        const [net, shots] = [read(file), read(film)]
        expect(JSON.parse(shots.metadata.get('vexel.snapshotSteps') ?? '[]').pop(), film).toBe(steps)
        for (const name of net.names) {
          const values = net.values(name)
          const last = shots.values(name).slice(-values.length)
          // Films are in half precision.
          const isSame = [...values].every((value, i) => Math.abs(last[i] - value) <= Math.abs(value) / 2048 + 1e-7)
          expect(isSame, `${film} ${name}`).toBe(true)
        }
      }
    })

    describe('on the GPU', () => {
      let browser: Awaited<ReturnType<typeof connect>>
      let harness: Awaited<ReturnType<typeof openHarness>>

      beforeAll(async () => {
        browser = await connect()
        harness = await openHarness(browser)
      })

      afterAll(async () => {
        await harness?.page.close()
        await browser?.disconnect()
      })

      test('is within the tolerances of parity on 4,096 points', { timeout }, async () => {
        for (let at = 0; at < chosen.length; at += BATCH) {
          const batch = chosen.slice(at, at + BATCH)
          const nets = batch.map(({ file }) => ({
            base64: readFileSync(join(FOLDER, file)).toString('base64'),
            frame: readFrame(read(file)).frame,
          }))
          const reports = await harness.page.evaluate(
            (nets, size) => window.harness.parities(nets, size),
            nets,
            PARITY_SIZE,
          )
          expect(reports).toHaveLength(batch.length)
          reports.forEach((report, i) => {
            expect(isWithinTolerance(report), `${batch[i].code}: ${JSON.stringify(report)}`).toBe(true)
            expect(report.maxAbs, 'a shader in float32 is never exact').toBeGreaterThan(0)
          })
        }
        expect(harness.errors).toEqual([])
        expect(await harness.page.evaluate(() => window.harness.leftovers())).toEqual({ liveObjects: 0, error: 0 })
      })
    })
  },
)

/** So many of a list, seeded. */
function sampleOf<T>(list: readonly T[], count: number, seed: number): T[] {
  const random = createRandom(seed)
  return list
    .map(item => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, count)
    .map(({ item }) => item)
}
