// vexel train as it is built: equal settings give equal files, whatever interrupts it, and what is wrong is told in a line.

import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { loadTarget } from '../../src/cli/image/image.js'
import { MYSTERY_NET } from '../../src/model/architecture.js'
import { foldNetwork } from '../../src/model/fold.js'
import { createNetwork } from '../../src/model/network.js'
import { StateDict } from '../../src/model/state-dict.js'
import { decodeCheckpoint, encodeCheckpoint } from '../../src/train/checkpoint.js'
import { DEFAULT_RECIPE } from '../../src/train/recipe.js'
import { rememberPicture } from '../../src/train/remember.js'
import { Trainer } from '../../src/train/trainer.js'
import { digestOfTarget } from '../../src/train/target-digest.js'
import { isFull } from '../is-full.js'
import { createRandom } from '../model/network-files.js'
import { referencePsnr, referencePsnrSeen } from '../train/reference-psnr.js'
import { startLocal } from '../train/run-fixture.js'
import { escaped, expectRefused, runVexel } from './run-vexel.js'
import { checkLeftBehind, discPng, filesOf, startVexel, untilStep } from './train-process.js'

const folder = mkdtempSync(join(tmpdir(), 'vexel-train-'))
afterAll(() => rmSync(folder, { recursive: true }))

const image = discPng(join(folder, 'disc.png'))
const SMALL = ['--width', '32', '--batch', '256', '--seed', '3', '--threads', '2']

/** A path for the net of a test. */
const outOf = (name: string) => join(folder, `${name}.safetensors`)

/** Arguments of a small run. */
const training = (out: string, ...options: string[]) => ['train', image, '-o', out, ...SMALL, ...options]

/** Runs what must succeed. */
async function train(out: string, ...options: string[]) {
  const outcome = await runVexel(training(out, ...options), { cwd: folder })
  expect(outcome.code, outcome.stderr).toBe(0)
  return outcome
}

const refused = (args: readonly string[], code: number, line: RegExp) =>
  expectRefused(args, code, line, { cwd: folder })

/** The lines of --json. */
const jsonLines = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

describe('a training', () => {
  test('gives the same files byte for byte for the same image, options, --steps and --threads', async () => {
    const [a, b] = [outOf('same-a'), outOf('same-b')]
    const options = ['--steps', '100', '--frames', '12']
    await Promise.all([train(a, ...options), train(b, ...options)])
    expect(readFileSync(a)).toEqual(readFileSync(b))
    expect(readFileSync(join(folder, 'same-a.film.safetensors'))).toEqual(
      readFileSync(join(folder, 'same-b.film.safetensors')),
    )
    expect(filesOf(a)).toEqual(
      ['same-a.film.safetensors', 'same-a.safetensors', 'same-b.film.safetensors', 'same-b.safetensors'].filter(name =>
        name.startsWith('same-a'),
      ),
    )
  })

  test.each([
    ['seed', ['--seed', '4']],
    ['number of threads', ['--threads', '3']],
    ['number of steps', ['--steps', '61']],
  ])('gives another file for another %s', async (_, options) => {
    const [a, b] = [outOf('other-a'), outOf('other-b')]
    await Promise.all([train(a, '--steps', '60'), train(b, '--steps', '60', ...options)])
    expect(readFileSync(a)).not.toEqual(readFileSync(b))
  })

  test('leaves a file that info opens, and whose two PSNRs compare and the reference find again', async () => {
    const out = outOf('known')
    // Half as wide as its pixels, all of which are trained on.
    const { text } = await train(out, '--steps', '300', '--width', '16')
    const line =
      /^.*known\.safetensors: (\d+\.\d\d) dB at 16 x 10 with 16 samples a pixel, (\d+\.\d\d) dB at 32 x 20; 300 steps, \d+\.\d s\n$/
    const [psnr, psnrDetail] = (line.exec(text) ?? []).slice(1).map(Number)
    expect(psnrDetail).toBeGreaterThan(25)
    const stateDict = StateDict.parse(readFileSync(out))
    const stated = Number(stateDict.metadata.get('vexel.psnr'))
    const statedDetail = Number(stateDict.metadata.get('vexel.psnrDetail'))
    expect(Math.abs(stated - psnr)).toBeLessThanOrEqual(0.005 + 1e-4)
    expect(Math.abs(statedDetail - psnrDetail)).toBeLessThanOrEqual(0.005 + 1e-4)
    const { target } = await loadTarget(image, { width: 16 })
    const folded = foldNetwork(createNetwork(stateDict))
    expect(Math.abs(referencePsnrSeen(folded, target.seen) - stated)).toBeLessThan(0.01)
    expect(Math.abs(referencePsnr(folded, target.detail) - statedDetail)).toBeLessThan(0.01)
    const [info, compare] = await Promise.all([
      runVexel(['info', out], { cwd: folder }),
      runVexel(['compare', out, image, '--json'], { cwd: folder }),
    ])
    expect(info.code, info.stderr).toBe(0)
    expect(info.text).toContain('MysteryNet')
    const compared = JSON.parse(compare.text)
    expect(compared).toMatchObject({ width: 16, height: 10, detailWidth: 32, detailHeight: 20 })
    // Both measure the file in the same way; it says four digits.
    expect(Math.abs(compared.psnr - stated)).toBeLessThan(1e-4)
    expect(Math.abs(compared.psnrDetail - statedDetail)).toBeLessThan(1e-4)
  })

  test('tells its progress in plain lines on stderr, no bar, where there is no terminal', async () => {
    const { stderr, text } = await train(outOf('plain'), '--steps', '40', '--recipe', 'three-stage')
    const lines = stderr.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^blurred \| step 0 of 40 \| \d+\.\d\d Mpx\/s \| loss – \| PSNR – \| \d+:\d\d left$/)
    expect(lines[lines.length - 1]).toMatch(
      /^clean \| step 40 of 40 \| .* \| loss [\d.e-]+ \| PSNR \d+\.\d\d dB \(\d+\.\d\d in detail\) \| 0:00 left$/,
    )
    expect(lines.some(line => line.startsWith('sharp | '))).toBe(true)
    expect(stderr).toMatch(/^[^\p{Cc}█]*$/mu)
    expect(stderr).not.toContain('\r')
    expect(text.split('\n')).toHaveLength(2)
  })

  test('with --json prints JSON lines, at last that it is done', async () => {
    const out = outOf('json')
    const { stderr, text } = await train(out, '--steps', '80', '--json')
    expect(stderr).toBe('')
    const lines = jsonLines(text)
    const progress = lines.slice(0, -1)
    expect(progress.length).toBeGreaterThanOrEqual(2)
    for (const line of progress) {
      const keys = [
        'event',
        'step',
        'steps',
        'done',
        'total',
        'trial',
        'starts',
        'stage',
        'landing',
        'loss',
        'psnr',
        'psnrDetail',
        'megapixelsPerSecond',
        'seconds',
        'secondsLeft',
      ]
      expect(Object.keys(line)).toEqual(keys)
      expect(line).toMatchObject({ event: 'progress', steps: 80, total: 80, stage: 'clean', landing: false })
      expect([line.done, line.trial, line.starts]).toEqual([line.step, null, 1])
    }
    expect(progress[progress.length - 1]).toMatchObject({ step: 80 })
    const done = lines[lines.length - 1]
    const sizes = ['width', 'height', 'detailWidth', 'detailHeight']
    const figures = ['psnr', 'ssim', 'psnrDetail', 'ssimDetail']
    const keys = ['event', 'out', ...sizes, ...figures, 'steps', 'seconds', 'divergedAt']
    expect(Object.keys(done).sort()).toEqual(keys.sort())
    expect(done).toMatchObject({ event: 'done', out, width: 32, height: 20, steps: 80, divergedAt: null })
    expect(done).toMatchObject({ detailWidth: 32, detailHeight: 20 })
    const stated = Number(StateDict.parse(readFileSync(out)).metadata.get('vexel.psnr'))
    expect(Math.abs((done.psnr as number) - stated)).toBeLessThanOrEqual(0.0006)
  })

  test('ends early where --target-psnr is reached', async () => {
    const out = outOf('early')
    const { text } = await train(out, '--steps', '20000', '--target-psnr', '30', '--json')
    const done = jsonLines(text).pop()!
    expect(done.steps).toBeLessThan(10_000)
    expect(done.psnr).toBeGreaterThanOrEqual(30)
    expect(StateDict.parse(readFileSync(out)).metadata.get('vexel.steps')).toBe(String(done.steps))
  })

  test('of --seconds is about as long, and its steps and the way it was made stand in the file', async () => {
    const out = outOf('timed')
    const { text } = await train(out, '--seconds', '1', '--json')
    const { steps } = jsonLines(text).pop()!
    const { metadata } = StateDict.parse(readFileSync(out))
    expect(metadata.get('vexel.steps')).toBe(String(steps))
    expect(metadata.get('vexel.source')).toBe('disc.png')
    expect(metadata.get('vexel.seed')).toBe('3')
    expect(JSON.parse(metadata.get('vexel.recipe')!)).toEqual({ ...DEFAULT_RECIPE, batch: 256, starts: 1 })
  })

  test('takes a recipe of its own, which keeps its name, or else is called as its file', async () => {
    const recipe = join(folder, 'mine.json')
    writeFileSync(
      recipe,
      JSON.stringify({ optimizer: 'adam', rate: 0.01, stages: [{ name: 'fog', share: 1, blur: 2 }] }),
    )
    const { stderr } = await train(outOf('mine'), '--steps', '20', '--recipe', recipe, '--rate', '0.02')
    expect(stderr).toMatch(/^fog \| step 0 of 20/)
    expect(JSON.parse(StateDict.parse(readFileSync(outOf('mine'))).metadata.get('vexel.recipe')!)).toMatchObject({
      name: 'mine.json',
      optimizer: 'adam',
      rate: 0.02,
      batch: 256,
    })
  })
})

describe('an interrupted training', () => {
  // It tells how far it is once a second: long enough to be interrupted after the first time.
  const options = ['--steps', '3000', '--batch', '128', '--frames', '9', '--json']

  test('leaves a checkpoint on Ctrl-C, and --resume ends as if nothing had happened', async () => {
    const [whole, out] = [outOf('whole'), outOf('broken')]
    const undisturbed = train(whole, ...options)
    const run = startVexel(training(out, ...options))
    expect(await untilStep(run, 1)).toBe(true)
    run.child.kill('SIGINT')
    const { code, stderr } = await run.ended
    expect(code).toBe(130)
    expect(stderr).toMatch(/^stopped at step \d+; go on with --resume\n$/)
    const checkpoint = checkLeftBehind(out)
    expect(checkpoint?.state.replicas.step).toBe(Number(/\d+/.exec(stderr)?.[0]))
    expect(existsSync(out)).toBe(false)
    // Nothing needs to be said again but where it was: what is said must agree.
    const resumed = await runVexel(['train', image, '-o', out, '--width', '32', '--resume', '--json'], { cwd: folder })
    expect(resumed.code, resumed.stderr).toBe(0)
    await undisturbed
    expect(readFileSync(out)).toEqual(readFileSync(whole))
    expect(readFileSync(out.replace('.safetensors', '.film.safetensors'))).toEqual(
      readFileSync(whole.replace('.safetensors', '.film.safetensors')),
    )
    expect(filesOf(out)).toEqual(['broken.film.safetensors', 'broken.safetensors'])
  })

  const signals = [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGQUIT', 131],
  ] as const
  test.each(isFull ? signals : signals.slice(1, 2))('ends on %s the same way', async (signal, code) => {
    const out = outOf(signal)
    const run = startVexel(training(out, ...options))
    expect(await untilStep(run, 1)).toBe(true)
    run.child.kill(signal)
    expect((await run.ended).code).toBe(code)
    expect(checkLeftBehind(out)).not.toBeNull()
  })

  test('starts at the beginning with --resume when there is no checkpoint, and says so', async () => {
    const [a, b] = [outOf('nothing-a'), outOf('nothing-b')]
    const [, resumed] = await Promise.all([train(a, '--steps', '30'), train(b, '--steps', '30', '--resume')])
    expect(resumed.stderr).toMatch(
      /^.*nothing-b\.safetensors\.checkpoint: there is none yet; the run starts at the beginning\n/,
    )
    expect(readFileSync(b)).toEqual(readFileSync(a))
  })

  test(
    'that is killed at random moments ends with the file of an undisturbed run, and never leaves a broken file',
    { timeout: 1_800_000 },
    async () => {
      const kills = isFull ? 20 : 2
      const random = createRandom(17)
      const long = ['--steps', isFull ? '2500' : '700', '--frames', '6', '--checkpoint-every', '0.01']
      const [whole, out] = [outOf('unhurt'), outOf('killed')]
      const startMs = performance.now()
      await train(whole, ...long)
      const wholeMs = performance.now() - startMs
      const expectSame = () => {
        expect(readFileSync(out)).toEqual(readFileSync(whole))
        expect(filesOf(out)).toEqual(['killed.film.safetensors', 'killed.safetensors'])
      }
      let reached = 0
      for (let done = 0; done < kills;) {
        const run = startVexel(training(out, ...long, '--resume'))
        // From before the first line of the script to near the end.
        const delayMs = random() * wholeMs * 0.7
        const timer = setTimeout(() => run.child.kill('SIGKILL'), delayMs)
        const { signal, code, stderr } = await run.ended
        clearTimeout(timer)
        const checkpoint = checkLeftBehind(out)
        if (signal === 'SIGKILL') {
          done++
          const step = checkpoint?.state.replicas.step ?? 0
          // Whatever was saved is never lost.
          if (!existsSync(out)) expect(step, `kill ${done} after ${delayMs} ms`).toBeGreaterThanOrEqual(reached)
          reached = step
          continue
        }
        expect(code, stderr).toBe(0)
        expectSame()
        rmSync(out)
        reached = 0
      }
      await train(out, ...long, '--resume')
      expectSame()
    },
  )

  test('is not resumed with another picture, width, detail, background or setting, nor from a damaged checkpoint', async () => {
    const out = outOf('resumed')
    const run = startVexel(training(out, ...options, '--width', '16'))
    expect(await untilStep(run, 1)).toBe(true)
    run.child.kill('SIGINT')
    expect((await run.ended).code).toBe(130)
    const path = `${out}.checkpoint`
    const before = readFileSync(path)
    const other = discPng(join(folder, 'other.png'), [204, 26, 27])
    const resume = (source: string, ...more: string[]) => ['train', source, '-o', out, '--resume', ...more]
    const notThat = new RegExp(
      `^vexel: .*: not the picture, --width, --detail and --background that ${escaped(path)} was begun with$`,
      'm',
    )
    const begun = (what: string) =>
      new RegExp(
        `^vexel: ${what}: the run to be resumed was begun with .*; leave it out, or start anew without --resume$`,
        'm',
      )
    await Promise.all([
      refused(resume(other, '--width', '16'), 1, notThat),
      refused(resume(image, '--width', '15'), 1, notThat),
      refused(resume(image, '--width', '16', '--detail', '24'), 1, notThat),
      refused(resume(image, '--width', '16', '--seed', '4'), 2, begun('--seed')),
      refused(resume(image, '--width', '16', '--optimizer', 'adam'), 2, begun('the recipe')),
    ])
    expect(readFileSync(path)).toEqual(before)
    const damaged: [Uint8Array | string, RegExp][] = [
      [before.subarray(0, 5000), /checkpoint: .*/],
      [readFileSync(new URL('../oracle/japan.safetensors', import.meta.url)), /checkpoint: not a checkpoint: /],
    ]
    for (const [content, line] of damaged) {
      writeFileSync(path, content)
      await refused(resume(image, '--width', '16'), 1, line)
    }
    expect(existsSync(out)).toBe(false)
  })
})

describe('a diverging training', () => {
  test('stops with one line and exit 1, and leaves the last good weights', async () => {
    // Batch norm holds a run of MysteryNet together at any rate that can be asked for; so the optimizer's state is broken.
    const out = outOf('diverging')
    const { target } = await loadTarget(image, { width: 32 })
    const settings = {
      recipe: { ...DEFAULT_RECIPE, batch: 256 },
      seed: 3,
      threads: 2,
      steps: 60,
      batch: 256,
      starts: 1,
      targetPsnr: null,
      frames: 0,
    }
    const trainer = await Trainer.start(MYSTERY_NET, settings, target, startLocal)
    while (trainer.progress.step < 20) await trainer.advance(20)
    const state = await trainer.state()
    state.replicas.firstMoments.fill(3e38)
    const checkpoint = { architecture: MYSTERY_NET, settings, state, imageDigest: digestOfTarget(target), seconds: 1 }
    writeFileSync(`${out}.checkpoint`, encodeCheckpoint(checkpoint, target.seen))
    const { code, stderr, text } = await runVexel(training(out, '--resume', '--json'), { cwd: folder })
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^vexel: the run diverged at step 2[12]: .*diverging\.safetensors has the weights of step 20; try a lower --rate\n$/,
    )
    expect(jsonLines(text).pop()).toMatchObject({ event: 'done', steps: 20 })
    const stateDict = StateDict.parse(readFileSync(out))
    const good = rememberPicture(MYSTERY_NET, await trainer.tensors(), target.detail)
    for (const [name, values] of good) expect(Float32Array.from(stateDict.values(name)), name).toEqual(values)
    const measured = referencePsnrSeen(foldNetwork(createNetwork(stateDict)), target.seen)
    expect(Math.abs(measured - Number(stateDict.metadata.get('vexel.psnr')))).toBeLessThan(0.01)
  })

  test('at a rate of 10 leaves finite weights in any case', async () => {
    const out = outOf('wild')
    const { code } = await runVexel(training(out, '--steps', '200', '--rate', '10', '--optimizer', 'adam'), {
      cwd: folder,
    })
    expect([0, 1]).toContain(code)
    const stateDict = StateDict.parse(readFileSync(out))
    for (const name of stateDict.names) expect(stateDict.values(name).every(Number.isFinite), name).toBe(true)
  })
})

describe('a place that cannot be written', () => {
  const isPosix = process.platform !== 'win32'

  test.skipIf(!isPosix)('because files may not be so large: one line, and what was there is as it was', async () => {
    const out = outOf('limited')
    const run = startVexel(training(out, '--steps', '100000', '--json'))
    expect(await untilStep(run, 1)).toBe(true)
    run.child.kill('SIGINT')
    await run.ended
    copyFileSync(new URL('../oracle/japan.safetensors', import.meta.url), out)
    const before = [out, `${out}.checkpoint`].map(path => readFileSync(path))
    // In units of 1024 bytes: a checkpoint is larger.
    for (const more of [['--resume'], ['--steps', '50']]) {
      const { code, stdout, stderr } = await startVexel(
        training(out, '--checkpoint-every', '0.01', ...more),
        'ulimit -f 40',
      ).ended
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
      expect(stderr).toMatch(/^vexel: .*limited\.safetensors\.checkpoint: cannot be written \(EFBIG\)\n$/)
      expect([out, `${out}.checkpoint`].map(path => readFileSync(path))).toEqual(before)
      expect(filesOf(out)).toEqual(['limited.safetensors', 'limited.safetensors.checkpoint'])
    }
  })

  test.skipIf(!existsSync('/dev/full'))('because the disk is full: one line, exit 3', async () => {
    const out = outOf('full')
    symlinkSync('/dev/full', out)
    const { code, stderr, text } = await runVexel(training(out, '--steps', '20', '--json'), { cwd: folder })
    expect(code).toBe(3)
    expect(stderr).toMatch(/^vexel: .*full\.safetensors: cannot be written \(ENOSPC\)\n$/)
    expect(text).not.toContain('"event":"done"')
    // The work is not lost.
    expect(decodeCheckpoint(readFileSync(`${out}.checkpoint`)).settings.steps).toBe(20)
    rmSync(out)
  })

  test('because a disk fills up in mid-run: the run goes on, the last checkpoint stays whole', async context => {
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    try {
      // Holds one checkpoint and the net, not two checkpoints.
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=180k', 'tmpfs', disk], { stdio: 'ignore' })
    } catch {
      context.skip('a small disk can only be made by root')
    }
    try {
      const out = join(disk, 'net.safetensors')
      const { code, stderr } = await runVexel(training(out, '--steps', '200', '--checkpoint-every', '0.01'), {
        cwd: folder,
      })
      expect(code, stderr).toBe(0)
      expect(stderr).toMatch(/net\.safetensors\.checkpoint: cannot be written \(ENOSPC\); the run goes on\n/)
      await train(outOf('roomy'), '--steps', '200')
      expect(readFileSync(out)).toEqual(readFileSync(outOf('roomy')))
      expect(filesOf(out)).toEqual(['net.safetensors'])
      // And when not even the net has room, what was there stays.
      writeFileSync(join(disk, 'fill'), new Uint8Array(40_000))
      const again = await runVexel(training(out, '--steps', '20', '--seed', '9'), { cwd: folder })
      expect(again.code).toBe(3)
      expect(again.stderr).toMatch(/^vexel: .*: cannot be written \(ENOSPC\)$/m)
      expect(readFileSync(out)).toEqual(readFileSync(outOf('roomy')))
    } finally {
      execFileSync('umount', [disk])
    }
  })

  test('because its folder is not there or is no folder', async () => {
    await refused(
      training(join(folder, 'nowhere', 'net.safetensors'), '--steps', '5'),
      3,
      /net\.safetensors.*cannot be written \(ENOENT\)/,
    )
    await refused(
      training(join(image, 'net.safetensors'), '--steps', '5'),
      3,
      /net\.safetensors.*cannot be written \(ENOTDIR\)/,
    )
  })

  test('because it is a folder is told before the run, not after', async () => {
    const out = outOf('folder')
    mkdirSync(out)
    await refused(training(out, '--steps', '5'), 3, /folder\.safetensors: cannot be written \(EISDIR\)/)
    expect(filesOf(out)).toEqual(['folder.safetensors'])
  })
})

test('a wrong call is exit 2 and one line, and leaves nothing behind', async () => {
  const out = outOf('never')
  await Promise.all([
    refused(training(out, '--steps', '0'), 2, /^vexel: --steps 0: expected a whole number from 1 to /),
    refused(training(out, '--width', '0'), 2, /^vexel: --width 0: /),
    refused(training(out, '--background', 'mauve'), 2, /^vexel: --background mauve: /),
    refused(training(out, '--checkpoint-every', '0'), 2, /^vexel: --checkpoint-every 0: expected seconds/),
    refused(['train', image], 2, /^error: required option '-o, --out <file>' not specified$/m),
    refused(['train', '-o', out], 2, /^error: missing required argument 'image'$/m),
  ])
  expect(filesOf(out)).toEqual([])
})

test('a wrong recipe file is exit 1 and one line', async () => {
  const path = join(folder, 'recipe.json')
  writeFileSync(path, '{"stages": [{"share": 0.5}]}')
  await Promise.all([
    refused(
      training(outOf('never'), '--recipe', path),
      1,
      /recipe\.json: stages: expected shares that add up to 1, got 0\.5$/m,
    ),
    refused(training(outOf('never'), '--recipe', './nowhere.json'), 1, /^vexel: \.\/nowhere\.json: no such file$/m),
  ])
})

test('an image that is missing or none is refused in one line, and nothing is left behind', async () => {
  const out = outOf('never')
  const noImage = join(folder, 'text.png')
  writeFileSync(noImage, 'no image')
  const cut = join(folder, 'cut.png')
  writeFileSync(cut, readFileSync(image).subarray(0, 60))
  await Promise.all([
    refused(['train', join(folder, 'nowhere.png'), '-o', out], 1, /nowhere\.png: no such file$/m),
    refused(['train', noImage, '-o', out], 1, /text\.png: /),
    refused(['train', cut, '-o', out], 1, /cut\.png: /),
    refused(['train', folder, '-o', out], 1, /is a folder$/m),
  ])
  expect(filesOf(out)).toEqual([])
})
