// vexel movie: what it writes, as libvips (sharp), fast-png and the browser's own players read it.

import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'puppeteer'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { foldNetwork } from '../../src/model/fold.js'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import { type PictureSpec, referenceRows } from '../../src/model/picture.js'
import { levelOf } from '../../src/model/tone.js'
import { Film } from '../../src/film/film.js'
import { createTimeline } from '../../src/film/timeline.js'
import { collectErrors, connect } from '../browser/pages.js'
import { isFull } from '../is-full.js'
import { smallFilm, withMetadata } from '../film/film-fixture.js'
import { decodeLevels, oracleBytes } from '../model/network-files.js'
import { CLI, expectRefused, runVexel } from './run-vexel.js'

const folder = mkdtempSync(join(tmpdir(), 'vexel-movie-'))
afterAll(() => rmSync(folder, { recursive: true }))

const FILM = 'disc.film.safetensors'
const bytes = await smallFilm({ steps: 300, frames: 7 })
const film = Film.parse(bytes)
writeFileSync(join(folder, FILM), bytes)

/** Runs a movie that must succeed; returns its JSON line. */
async function movie(out: string, args: readonly string[], stderr: string | RegExp = ''): Promise<Report> {
  const outcome = await runVexel(['movie', FILM, '-o', out, '--json', ...args], { cwd: folder })
  expect({ code: outcome.code, stderr: outcome.stderr }).toEqual({
    code: 0,
    stderr: typeof stderr === 'string' ? stderr : expect.stringMatching(stderr),
  })
  expect(outcome.text).toMatch(/^\{.*\}\n$/)
  return JSON.parse(outcome.text)
}

type Report = Readonly<Record<string, unknown>> & { readonly bytes: number; readonly codec: string }

const read = (name: string) => readFileSync(join(folder, name))
const filesLike = (pattern: RegExp) =>
  readdirSync(folder)
    .filter(name => pattern.test(name))
    .sort()

/** The float64 reference at a position of the film: [height, width, 3]. */
function referenceLevels(position: number, spec: Omit<PictureSpec, 'folded'>): Uint8Array {
  const folded = foldNetwork(film.networkAt(position))
  return Uint8Array.from(referenceRows({ ...spec, folded }, 0, spec.height), levelOf)
}

/** Of a picture of the whole frame. */
const whole = (width: number, height: number): Omit<PictureSpec, 'folded'> => ({
  frame: { ...DEFAULT_FRAME, aspect: 1.5 },
  view: { x: 0, y: 0, zoom: 1 },
  samples: 4,
  width,
  height,
})

function differences(actual: ArrayLike<number>, expected: ArrayLike<number>): { largest: number; mean: number } {
  expect(actual.length).toBe(expected.length)
  let [largest, sum] = [0, 0]
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs(actual[i] - expected[i])
    largest = Math.max(largest, difference)
    sum += difference
  }
  return { largest, mean: sum / actual.length }
}

describe('a GIF', () => {
  const args = ['--width', '72', '--seconds', '1.3', '--fps', '15', '--hold', '0.2']
  const { positions } = createTimeline({ seconds: 1.3, fps: 15, holdSeconds: 0.2 })

  test('has the frames, the size and the length that were asked for', async () => {
    const report = await movie('a.gif', [...args, '--loop', '3'])
    const gif = read('a.gif')
    expect(report).toEqual({
      file: 'a.gif',
      format: 'gif',
      width: 72,
      height: 48,
      frames: 20,
      fps: 15,
      seconds: 1.33,
      plays: 3,
      samples: 4,
      bytes: gif.length,
    })
    const { pages, width, pageHeight, delay = [] } = await sharp(gif, { animated: true }).metadata()
    expect({ pages, width, pageHeight }).toEqual({ pages: 20, width: 72, pageHeight: 48 })
    expect(delay.reduce((sum, ms) => sum + ms, 0)).toBe(1330)
    const shown = await sharp(gif, { animated: true }).removeAlpha().raw().toBuffer()
    const frameBytes = 72 * 48 * 3
    positions.forEach((position, i) => {
      if (!isFull && i % 3 !== 1) return
      const frame = shown.subarray(i * frameBytes, (i + 1) * frameBytes)
      const { largest, mean } = differences(frame, referenceLevels(position, whole(72, 48)))
      // What 255 colours and the dither miss.
      expect(mean, `frame ${i}`).toBeLessThan(3)
      expect(largest, `frame ${i}`).toBeLessThan(40)
    })
  })

  test('is the same, byte for byte, whatever the number of threads', async () => {
    await movie('threads-1.gif', [...args, '--threads', '1'])
    for (const threads of isFull ? ['2', '5'] : ['3']) {
      await movie(`threads-${threads}.gif`, [...args, '--threads', threads])
      expect(read(`threads-${threads}.gif`).equals(read('threads-1.gif')), threads).toBe(true)
    }
  })

  test('that runs to and fro has its last snapshot in the middle', async () => {
    await movie('bounce.gif', ['--size', '30x20', '--seconds', '1', '--fps', '10', '--bounce', '--hold', '0'])
    const shown = await sharp(read('bounce.gif'), { animated: true }).removeAlpha().raw().toBuffer()
    const frame = (i: number) => shown.subarray(i * 1800, (i + 1) * 1800)
    expect(shown.length).toBe(10 * 1800)
    expect(differences(frame(5), referenceLevels(1, whole(30, 20))).mean).toBeLessThan(3)
    expect(differences(frame(0), referenceLevels(0, whole(30, 20))).mean).toBeLessThan(3)
    expect(differences(frame(9), referenceLevels(0.2, whole(30, 20))).mean).toBeLessThan(3)
  })
})

describe('PNG', () => {
  test('frames are numbered files, each the reference', async () => {
    const view = ['--center', '0.2,-0.1', '--zoom', '2.5']
    const report = await movie('f.png', [
      '--size',
      '61x40',
      '--seconds',
      '0.8',
      '--fps',
      '10',
      '--hold',
      '0.2',
      ...view,
    ])
    const names = Array.from({ length: 8 }, (_, i) => `f-000${i + 1}.png`)
    expect(filesLike(/^f-/)).toEqual(names)
    const total = names.reduce((sum, name) => sum + read(name).length, 0)
    expect(report).toMatchObject({ format: 'png', frames: 8, width: 61, height: 40, seconds: 0.8, bytes: total })
    const { positions } = createTimeline({ seconds: 0.8, fps: 10, holdSeconds: 0.2 })
    const spec = { ...whole(61, 40), view: { x: 0.2, y: -0.1, zoom: 2.5 } }
    positions.forEach((position, i) => {
      const picture = decodeLevels(read(names[i]))
      expect([picture.width, picture.height]).toEqual([61, 40])
      expect(differences(picture.levels, referenceLevels(position, spec)).largest).toBeLessThanOrEqual(1)
    })
  })

  test('strip has a picture a snapshot, in rows', async () => {
    const report = await movie('strip.png', ['--strip', '--columns', '3', '--width', '30'])
    // 7 snapshots of 30 x 20 in rows of 3, 4 pixels between.
    expect(report).toEqual({
      file: 'strip.png',
      format: 'png',
      width: 98,
      height: 68,
      pictures: 7,
      columns: 3,
      samples: 4,
      bytes: read('strip.png').length,
    })
    const sheet = decodeLevels(read('strip.png'))
    expect([sheet.width, sheet.height]).toEqual([98, 68])
    const isPicture = new Uint8Array(98 * 68)
    film.positions.forEach((position, index) => {
      const [left, top] = [34 * (index % 3), 24 * Math.floor(index / 3)]
      const expected = referenceLevels(position, whole(30, 20))
      for (let row = 0; row < 20; row++) {
        const at = (top + row) * 98 + left
        isPicture.fill(1, at, at + 30)
        const actual = sheet.levels.subarray(3 * at, 3 * (at + 30))
        expect(differences(actual, expected.subarray(90 * row, 90 * (row + 1))).largest).toBeLessThanOrEqual(1)
      }
    })
    isPicture.forEach(
      (inside, i) => inside || expect([...sheet.levels.subarray(3 * i, 3 * i + 3)]).toEqual([255, 255, 255]),
    )
  })

  test('strip of a number of pictures is even in the time of the film, in one row', async () => {
    expect(await movie('row.png', ['--strip', '3', '--size', '12x8'])).toMatchObject({
      width: 44,
      height: 8,
      pictures: 3,
    })
    const sheet = decodeLevels(read('row.png'))
    const middle = Array.from({ length: 8 }, (_, row) => [
      ...sheet.levels.subarray(3 * (44 * row + 16), 3 * (44 * row + 28)),
    ])
    expect(differences(middle.flat(), referenceLevels(0.5, whole(12, 8))).largest).toBeLessThanOrEqual(1)
  })
})

describe('a video', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await connect()
  })
  afterAll(() => browser.disconnect())

  interface Played {
    readonly duration: number
    readonly width: number
    readonly height: number
    /** Of each frame: when it begins, by the player, and its picture [height, width, 4]. */
    readonly frames: readonly { readonly mediaTime: number; readonly rgba: readonly number[] }[]
  }

  /** Plays a file in the browser's own player, frame by frame. */
  async function play(name: string, type: string, count: number, fps: number): Promise<Played> {
    const page = await browser.newPage()
    const errors = collectErrors(page)
    const played = await page.evaluate(
      async (base64, type, count, fps) => {
        const video = document.createElement('video')
        document.body.append(video)
        video.muted = true
        const file = Uint8Array.from(atob(base64), c => c.charCodeAt(0))
        video.src = URL.createObjectURL(new Blob([file], { type }))
        await new Promise((resolve, reject) => {
          video.onloadeddata = resolve
          video.onerror = () => reject(new Error(video.error?.message))
        })
        const canvas = document.createElement('canvas')
        canvas.width = video.videoWidth
        canvas.height = video.videoHeight
        const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D
        const frames: { mediaTime: number; rgba: number[] }[] = []
        for (let i = 0; i < count; i++) {
          const shown = new Promise<number>(resolve =>
            video.requestVideoFrameCallback((_, { mediaTime }) => resolve(mediaTime)),
          )
          video.currentTime = (i + 0.5) / fps
          const mediaTime = await shown
          context.drawImage(video, 0, 0)
          frames.push({ mediaTime, rgba: [...context.getImageData(0, 0, canvas.width, canvas.height).data] })
        }
        return { duration: video.duration, width: video.videoWidth, height: video.videoHeight, frames }
      },
      read(name).toString('base64'),
      type,
      count,
      fps,
    )
    await page.close()
    expect(errors).toEqual([])
    return played
  }

  const VIDEOS = [
    ['webm', 'video/webm', /^VP[89]$/],
    ['mp4', 'video/mp4', /^(H\.264|VP9|AV1)$/],
  ] as const
  test.each(isFull ? VIDEOS : VIDEOS.slice(1))(
    'as %s has the frames, the length and, rounded to even numbers, the size that were asked for',
    async (format, type, codec) => {
      const name = `v.${format}`
      const report = await movie(
        name,
        ['--size', '95x63', '--seconds', '0.64', '--fps', '12.5', '--hold', '0.16'],
        /^95 x 63 became 96 x 64: video has even sizes\n(the browser encodes no H\.264 of 96 x 64: this MP4 is (VP9|AV1)\n)?$/,
      )
      expect(report).toMatchObject({ format, width: 96, height: 64, frames: 8, fps: 12.5, seconds: 0.64 })
      expect(report.codec).toMatch(codec)
      expect(report.bytes).toBe(read(name).length)
      const played = await play(name, type, 8, 12.5)
      expect(played).toMatchObject({ width: 96, height: 64 })
      // WebM counts in milliseconds.
      expect(Math.abs(played.duration - 0.64)).toBeLessThanOrEqual(0.001)
      const { positions } = createTimeline({ seconds: 0.64, fps: 12.5, holdSeconds: 0.16 })
      played.frames.forEach(({ mediaTime, rgba }, i) => {
        expect(Math.abs(mediaTime - i / 12.5), `frame ${i}`).toBeLessThanOrEqual(0.001)
        const expected = referenceLevels(positions[i], whole(96, 64))
        const { mean } = differences(
          rgba.filter((_, j) => j % 4 < 3),
          expected,
        )
        // Colour at half the resolution, and what the codec leaves out. The frame beside it is farther off.
        expect(mean, `frame ${i}`).toBeLessThan(4)
      })
    },
  )

  test('without a browser ends with 3, and leaves no file', async () => {
    const { VEXEL_BROWSER } = process.env
    process.env.VEXEL_BROWSER = join(folder, 'no-browser')
    try {
      await expectRefused(['movie', FILM, '-o', 'none.webm', '--size', '32x20'], 3, /VEXEL_BROWSER/, { cwd: folder })
    } finally {
      if (VEXEL_BROWSER === undefined) delete process.env.VEXEL_BROWSER
      else process.env.VEXEL_BROWSER = VEXEL_BROWSER
    }
    expect(filesLike(/^none/)).toEqual([])
  })
})

describe('refused in one line', () => {
  const refused = (args: readonly string[], code: number, line: RegExp) =>
    expectRefused(['movie', ...args], code, line, { cwd: folder })

  test('with 1 is what is no film', async () => {
    writeFileSync(join(folder, 'flag.safetensors'), oracleBytes('japan'))
    writeFileSync(join(folder, 'order.safetensors'), withMetadata(bytes, { 'vexel.snapshotSteps': '[0,2,1,3,4,5,6]' }))
    writeFileSync(join(folder, 'cut.safetensors'), bytes.subarray(0, 5000))
    await refused(['flag.safetensors', '-o', 'x.gif'], 1, /^vexel: flag\.safetensors: not a film of a training/)
    await refused(
      ['order.safetensors', '-o', 'x.gif'],
      1,
      /^vexel: order\.safetensors: vexel\.snapshotSteps\[2\]: expected more/,
    )
    await refused(['cut.safetensors', '-o', 'x.gif'], 1, /^vexel: cut\.safetensors: .*cut short/)
    await refused(['nowhere.safetensors', '-o', 'x.gif'], 1, /^vexel: nowhere\.safetensors: no such file/)
    expect(filesLike(/^x\./)).toEqual([])
  })

  const wrongCalls: [string[], RegExp][] = [
    [['-o', 'x.avi'], /-o x\.avi: expected a name that ends in \.gif, \.webm, \.mp4, \.png/],
    [['-o', '-'], /-o -: expected a name/],
    [['-o', 'x.gif', '--size', '40'], /--size 40: expected WIDTHxHEIGHT/],
    [['-o', 'x.gif', '--size', '0x40'], /--size 0/],
    [['-o', 'x.gif', '--size', '40x40', '--width', '3'], /--size and --width, --height/],
    [['-o', 'x.gif', '--width', '5000'], /at most 4096 pixels an edge/],
    [['-o', 'x.gif', '--height', '4000'], /6000 x 4000: a movie has at most 4096/],
    [['-o', 'x.gif', '--seconds', '0'], /--seconds 0: expected a number above 0/],
    [['-o', 'x.gif', '--seconds', 'long'], /--seconds long/],
    [['-o', 'x.gif', '--seconds', '1e9'], /at most 108000 frames/],
    [['-o', 'x.gif', '--fps', '60'], /--fps 60: a GIF has at most 50/],
    [['-o', 'x.gif', '--seconds', '1', '--hold', '1'], /a hold that is shorter/],
    [['-o', 'x.gif', '--loop', '-1'], /--loop -1/],
    [['-o', 'x.webm', '--loop', '2'], /--loop: only a GIF/],
    [['-o', 'x.gif', '--strip'], /--strip: is a PNG/],
    [['-o', 'x.png', '--strip', '--fps', '25'], /--strip and --fps/],
    [['-o', 'x.png', '--strip', 'all'], /--strip all: expected a whole number/],
    [['-o', 'x.png', '--columns', '3'], /--columns: only with --strip/],
    [['-o', 'x.png', '--strip', '4000', '--columns', '4000'], /more than 65536 pixels/],
    [['-o', 'x.gif', '--zoom', '0'], /--zoom 0/],
    [['-o', 'x.gif', '--center', '1'], /--center 1/],
    [['-o', 'x.gif', '--samples', '3'], /--samples 3/],
    [['-o', 'x.gif', '--output', 'cmyk'], /--output cmyk/],
  ]
  test.each(wrongCalls.filter((_, i) => isFull || i % 3 === 0))('with 2 is %j', async (args, line) => {
    await refused([FILM, ...args], 2, line)
    expect(filesLike(/^x[.-]/)).toEqual([])
  })

  test('with 3 is a folder that does not exist', async () => {
    await refused([FILM, '-o', 'nowhere/x.gif', '--size', '6x4', '--seconds', '0.2'], 3, /cannot be written \(ENOENT\)/)
  })
})

describe('interrupted', () => {
  test.each(isFull ? ['gif', 'webm', 'png'] : ['webm'])(
    'a %s leaves no half file, and ends by the signal',
    async format => {
      const args = ['movie', FILM, '-o', `stopped.${format}`, '--width', '1500', '--seconds', '60', '--samples', '16']
      const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
      let stderr = ''
      child.stderr.on('data', chunk => (stderr += chunk))
      const closed = new Promise<string | null>(resolve => child.on('close', (_, signal) => resolve(signal)))
      await new Promise(resolve => setTimeout(resolve, 2500))
      child.kill('SIGINT')
      // Slow machines tell how far they are.
      expect({ by: await closed, stderr: stderr.replace(/^\d+ of \d+ frames\n/gm, '') }).toEqual({
        by: 'SIGINT',
        stderr: '',
      })
      expect(filesLike(/^stopped/).filter(name => !/^stopped-\d{4}\.png$/.test(name))).toEqual([])
    },
  )
})
