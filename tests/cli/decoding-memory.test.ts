// What decoding an image takes, in memory, whatever the image: in a process of its own, whose peak the system tells. The full suite only.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deflateSync } from 'node:zlib'
import type { Browser, ElementHandle, Page } from 'puppeteer-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { launchBrowser } from '../../src/cli/browser/launch.js'
import { oraclePath } from '../model/network-files.js'
import { isFull } from '../is-full.js'
import { PAGE_TARGET_MODULE } from './page-target.js'
import { chunk, pngSaying } from './png-chunks.js'
import { spawnVexel } from './run-vexel.js'

/** Of 64 megapixels; docs/train.md says so. */
const MOST_MB = 1024
/** Of a picture of a few pixels, whatever else is in the file: Node, sharp, and the file itself a few times. */
const LEAST_MB = 400

const NET = fileURLToPath(oraclePath('japan.safetensors'))
const folder = mkdtempSync(join(tmpdir(), 'vexel-memory-'))
afterAll(() => rmSync(folder, { recursive: true }))

const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#c33' }, limitInputPixels: false })
const EDGE = 8192

const large: readonly [string, () => Promise<Uint8Array> | Uint8Array][] = [
  ['a PNG', () => pngSaying(EDGE, EDGE, deflateSync(Buffer.alloc((3 * EDGE + 1) * EDGE)))],
  ['an interlaced PNG', () => plain(EDGE, EDGE).png({ progressive: true }).toBuffer()],
  ['a progressive JPEG', () => plain(EDGE, EDGE).jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer()],
  ['a GIF', () => plain(EDGE, EDGE).gif({ effort: 1 }).toBuffer()],
  ['a WebP', () => plain(16_383, 4096).webp({ effort: 0 }).toBuffer()],
]

const COUNT = 1_000_000
const small: readonly [string, () => Promise<Uint8Array> | Uint8Array][] = [
  ['a GIF of a million pictures', () => gifOf(COUNT)],
  ['a WebP of a million pictures', () => webpOf(COUNT)],
  ['a PNG of texts that unpack to seven gigabytes', pngOfTexts],
]

/** Of one red pixel each. */
function gifOf(count: number): Uint8Array {
  const head = Buffer.from('GIF89a\x01\0\x01\0\x80\0\0\xff\0\0\0\xff\0', 'latin1')
  const picture = Buffer.from('\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0', 'latin1')
  return Buffer.concat([head, ...Array<Buffer>(count).fill(picture), Buffer.from(';')])
}

async function webpOf(count: number): Promise<Uint8Array> {
  const riff = (type: string, data: Uint8Array) => {
    const whole = Buffer.alloc(8 + data.length)
    whole.write(type, 'latin1')
    whole.writeUInt32LE(data.length, 4)
    whole.set(data, 8)
    return whole
  }
  const still = await plain(1, 1).webp({ lossless: true }).toBuffer()
  const frame = riff(
    'ANMF',
    Buffer.concat([Buffer.from([...Array<number>(12).fill(0), 1, 0, 0, 0]), still.subarray(12)]),
  )
  const extended = riff('VP8X', Buffer.from([2, ...Array<number>(9).fill(0)]))
  const frames = [extended, riff('ANIM', Buffer.alloc(6)), ...Array<Buffer>(count).fill(frame)]
  return riff('RIFF', Buffer.concat([Buffer.from('WEBP'), ...frames]))
}

function pngOfTexts(): Uint8Array {
  const png = pngSaying(3, 2, deflateSync(Buffer.alloc((3 * 3 + 1) * 2)))
  const text = chunk('zTXt', Buffer.concat([Buffer.from('a\0\0'), deflateSync(Buffer.alloc(7_500_000, 'a'))]))
  return Buffer.concat([png.subarray(0, 33), ...Array<Buffer>(900).fill(text), png.subarray(33)])
}

/** The path of an image's file, which is made once. */
async function written(name: string, content: () => Promise<Uint8Array> | Uint8Array): Promise<string> {
  const path = join(folder, name)
  if (!existsSync(path)) writeFileSync(path, await content())
  return path
}

describe.runIf(isFull)('on the command line', () => {
  const hook = `import { writeSync } from 'node:fs'
    process.on('exit', () => writeSync(2, 'peak ' + process.resourceUsage().maxRSS / 1024 + ' MB\\n'))`
  const nodeArgs = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`]

  test.each([
    ...large.map(image => [...image, MOST_MB] as const),
    ...small.map(image => [...image, LEAST_MB] as const),
  ])('%s is read within its memory', async (name, content, mostMb) => {
    const path = await written(name, content)
    const { code, stderr } = await spawnVexel(['compare', NET, path, '--width', '40'], { cwd: folder, nodeArgs })
    expect(code, stderr).toBe(0)
    const peakMb = Number(/^peak ([\d.]+) MB$/m.exec(stderr)?.[1])
    expect(peakMb).toBeGreaterThan(10)
    expect(peakMb).toBeLessThan(mostMb)
  })
})

// The system tells what a process holds in /proc.
describe.runIf(isFull && process.platform === 'linux')('in the page', () => {
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    // A browser of its own: what other tests do is not counted.
    browser = await launchBrowser()
    page = await browser.newPage()
    await page.goto(inject('harnessUrl'))
    await page.setContent('<input type="file">')
    await page.addScriptTag({ type: 'module', content: PAGE_TARGET_MODULE })
    await page.waitForFunction(() => 'targetOf' in window)
  })
  afterAll(async () => await browser?.close())

  test.each([
    ...large.map(image => [...image, MOST_MB] as const),
    ...small.map(image => [...image, LEAST_MB] as const),
  ])('%s is read within its memory', async (name, content, mostMb) => {
    const path = await written(name, content)
    const input = (await page.$('input')) as ElementHandle<HTMLInputElement>
    await input.uploadFile(path)
    const root = browser.process()?.pid as number
    const beforeMb = heldMb(root)
    let peakMb = 0
    const watching = setInterval(() => (peakMb = Math.max(peakMb, heldMb(root) - beforeMb)), 20)
    const edge = await input.evaluate(async input => {
      const target = await window.targetOf(input.files?.[0] as File, 320)
      return Math.max(target.seen.width, target.seen.height)
    })
    clearInterval(watching)
    expect(edge).toBe(320)
    expect(peakMb).toBeLessThan(mostMb)
  })
})

/** Memory of a process and all that it has started, pages that several share counted once. */
function heldMb(root: number): number {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    const parent = Number(/\) \S (\d+)/.exec(readProcess(Number(name), 'stat'))?.[1] ?? 0)
    children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  const held = (pid: number): number =>
    Number(/^Pss:\s+(\d+)/m.exec(readProcess(pid, 'smaps_rollup'))?.[1] ?? 0) / 1024 +
    (children.get(pid) ?? []).reduce((sum, child) => sum + held(child), 0)
  return held(root)
}

/** Nothing of a process that has ended. */
function readProcess(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
