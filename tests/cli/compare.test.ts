// vexel compare as it is built: its figures against PyTorch and the float64 reference, the sizes it takes, what it prints and
// writes.

import { encode } from 'fast-png'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { foldNetwork } from '../../src/model/fold.js'
import { createNetwork } from '../../src/model/network.js'
import { type NewTensor, writeSafetensors } from '../../src/model/safetensors/write.js'
import { StateDict } from '../../src/model/state-dict.js'
import {
  decodeLevels,
  floatTensor,
  ORACLE_NAMES,
  oracleBytes,
  oracleExpected,
  oraclePath,
  oracleTensors,
  randomTensors,
} from '../model/network-files.js'
import { isFull } from '../is-full.js'
import { referencePsnrSeen } from '../train/reference-psnr.js'
import { expectRefused, runVexel } from './run-vexel.js'

const folder = mkdtempSync(join(tmpdir(), 'vexel-compare-'))
afterAll(() => rmSync(folder, { recursive: true }))

function given(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const oracle = (file: string) => fileURLToPath(oraclePath(file))
const vexel = (args: readonly string[]) => runVexel(args, { cwd: folder })

/** A net that shows one colour everywhere, with metadata: a small one, for it is asked a million times what it shows. */
function flatNet(name: string, colour: readonly number[], metadata: Readonly<Record<string, string>> = {}): string {
  const tensors: readonly NewTensor[] = [
    ...randomTensors([4], [], 1).filter(tensor => !tensor.name.startsWith('dense_head')),
    floatTensor('dense_head.weight', [3, 4], new Float64Array(12)),
    floatTensor('dense_head.bias', [3], colour),
  ]
  return given(name, writeSafetensors(tensors, new Map(Object.entries(metadata))))
}

/** A PNG of one colour. */
function flatPng(name: string, width: number, height: number, levels: readonly number[]): string {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => levels[i % 3])
  return given(name, encode({ width, height, data, channels: 3, depth: 8 }))
}

const RED_SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 19 10"><rect width="19" height="10" fill="#f00"/></svg>'

/** What --json says. */
async function compare(file: string, image: string, ...options: string[]) {
  const { code, text, stderr } = await vexel(['compare', file, image, '--json', ...options])
  expect(code, stderr).toBe(0)
  return { result: JSON.parse(text), stderr }
}

describe('the figures', () => {
  test.each(isFull ? ORACLE_NAMES : (['malaysia', 'usa'] as const))(
    'of %s have the documented keys and at the centres the PSNR of PyTorch',
    async name => {
      const { width, height, psnr_db_vs_source: psnr } = oracleExpected(name)
      const { result, stderr } = await compare(oracle(`${name}.safetensors`), oracle(`${name}.source.png`))
      expect(stderr).toBe('')
      const figures = ['psnr', 'ssim', 'maxError', 'badShare']
      const detailed = ['detailWidth', 'detailHeight', 'psnrDetail', 'ssimDetail']
      expect(Object.keys(result)).toEqual(['width', 'height', 'samples', ...figures, ...detailed])
      // The file says no size: the image's own is both.
      expect(result).toMatchObject({ width, height, samples: 16, detailWidth: width, detailHeight: height })
      // PyTorch's figure is rounded to three digits.
      expect(Math.abs(result.psnrDetail - psnr)).toBeLessThanOrEqual(0.0006)
      for (const key of ['ssim', 'ssimDetail']) {
        expect(result[key], key).toBeGreaterThan(0.9)
        expect(result[key], key).toBeLessThan(1)
      }
    },
  )

  test('are as it is seen those of the float64 reference, sixteen samples a pixel, against the mean of what each covers', async () => {
    const { width, levels } = decodeLevels(readFileSync(oraclePath('malaysia.source.png')))
    const seen = { width: 64, height: 32, data: new Float32Array(64 * 32 * 3) }
    for (let i = 0; i < seen.data.length; i++) {
      const [x, y, channel] = [Math.floor(i / 3) % 64, Math.floor(i / 3 / 64), i % 3]
      for (let k = 0; k < 25; k++) {
        const pixel = (5 * y + Math.floor(k / 5)) * width + 5 * x + (k % 5)
        seen.data[i] += levels[3 * pixel + channel] / 255 / 25
      }
    }
    const folded = foldNetwork(createNetwork(StateDict.parse(oracleBytes('malaysia'))))
    const args = [oracle('malaysia.safetensors'), oracle('malaysia.source.png'), '--width', '64'] as const
    const { psnr, psnrDetail, ...sizes } = (await compare(...args)).result
    expect(sizes).toMatchObject({ width: 64, height: 32, detailWidth: 320, detailHeight: 160 })
    expect(Math.abs(psnr - referencePsnrSeen(folded, seen))).toBeLessThan(0.001)
    expect(psnrDetail).toBeCloseTo(oracleExpected('malaysia').psnr_db_vs_source, 2)
  })

  test('of a net that is the image have a PSNR of null in JSON, of infinity for people', async () => {
    const net = flatNet('flat.safetensors', [0, 1, 1])
    const image = flatPng('flat.png', 20, 12, [0, 255, 255])
    expect((await compare(net, image)).result).toEqual({
      width: 20,
      height: 12,
      samples: 16,
      psnr: null,
      ssim: 1,
      maxError: 0,
      badShare: 0,
      detailWidth: 20,
      detailHeight: 12,
      psnrDetail: null,
      ssimDetail: 1,
    })
    const { text } = await vexel(['compare', net, image])
    expect(text).toMatch(/^PSNR +infinite/m)
  })

  test('are told to people in aligned lines', async () => {
    // By hand: a tenth off in every channel is 20 dB.
    const net = flatNet('tenth.safetensors', [0.3, 0.3, 0.3])
    const image = flatPng('fifth.png', 20, 12, [51, 51, 51])
    const { code, text, stderr } = await vexel(['compare', net, image])
    expect([code, stderr]).toEqual([0, ''])
    expect(text.split('\n')).toEqual([
      `${net} and fifth.png`,
      '20 x 12, 16 samples a pixel',
      'PSNR        20.00 dB',
      expect.stringMatching(/^SSIM {8}0\.\d{4}$/),
      'max error   0.1000',
      expect.stringMatching(/^bad pixels {2}\d+\.\d\d %$/),
      '20 x 12, one sample a pixel',
      'PSNR        20.00 dB',
      expect.stringMatching(/^SSIM {8}0\.\d{4}$/),
      '',
    ])
  })
})

describe('the size', () => {
  test("is the image's own when the file says none", async () => {
    const net = flatNet('sizeless.safetensors', [1, 1, 1])
    expect((await compare(net, flatPng('own.png', 33, 17, [255, 255, 255]))).result).toMatchObject({
      width: 33,
      height: 17,
      psnr: null,
    })
  })

  test('is 320 wide for an SVG, 1280 in detail', async () => {
    const net = flatNet('svg.safetensors', [1, 0, 0])
    expect((await compare(net, given('red.svg', RED_SVG))).result).toMatchObject({
      width: 320,
      height: 168,
      psnr: null,
      detailWidth: 1280,
      detailHeight: 672,
      psnrDetail: null,
    })
  })

  test('of the detail is what the file was trained on, another one on request, and never more than an image has', async () => {
    const metadata = {
      'vexel.width': '40',
      'vexel.height': '20',
      'vexel.detailWidth': '100',
      'vexel.detailHeight': '51',
    }
    const net = flatNet('detailed.safetensors', [1, 0, 0], metadata)
    const svg = given('detailed.svg', RED_SVG)
    const sizes = async (image: string, ...options: string[]) => {
      const { width, height, detailWidth, detailHeight } = (await compare(net, image, ...options)).result
      return [width, height, detailWidth, detailHeight]
    }
    const red = [255, 0, 0]
    expect(await sizes(svg)).toEqual([40, 20, 100, 51])
    expect(await sizes(svg, '--detail', '200')).toEqual([40, 20, 200, 100])
    expect(await sizes(svg, '--width', '19', '--detail', '38')).toEqual([19, 10, 38, 20])
    expect(await sizes(flatPng('fine.png', 380, 200, red))).toEqual([40, 20, 100, 51])
    expect(await sizes(flatPng('between.png', 76, 40, red))).toEqual([40, 20, 76, 40])
    expect(await sizes(flatPng('coarse.png', 19, 10, red))).toEqual([40, 20, 40, 20])
  })

  test('is what the file was trained at, the image resampled to it', async () => {
    const net = flatNet('sized.safetensors', [1, 0.2, 0], { 'vexel.width': '40', 'vexel.height': '23' })
    expect((await compare(net, flatPng('sized.png', 333, 200, [255, 51, 0]))).result).toMatchObject({
      width: 40,
      height: 23,
      detailWidth: 40,
      detailHeight: 23,
    })
  })

  test('is the own one, with a note, when the file says nonsense', async () => {
    const net = flatNet('nonsense.safetensors', [1, 1, 1], { 'vexel.width': '1e9', 'vexel.height': 'high' })
    const { result, stderr } = await compare(net, flatPng('nonsense.png', 9, 7, [255, 255, 255]))
    expect(result).toMatchObject({ width: 9, height: 7 })
    expect(stderr).toMatch(/^vexel\.width x vexel\.height: expected .*"1e9" x "high"; the image's own size is used\n$/)
  })
})

test('the frame comes from the file and from the options', async () => {
  const [net, image] = [oracle('malaysia.safetensors'), oracle('malaysia.source.png')]
  const small = ['--width', '80']
  const flipped = (await compare(net, image, '--x', '1,-1', ...small)).result
  expect(flipped.psnr).toBeLessThan(20)
  const metadata = new Map([['vexel.frame', '{"x":[1,-1]}']])
  const stated = given('stated.safetensors', writeSafetensors(oracleTensors('malaysia'), metadata))
  expect((await compare(stated, image, ...small)).result).toEqual(flipped)
  expect((await compare(stated, image, '--x', '-1,1', ...small)).result.psnrDetail).toBeCloseTo(42.142, 2)
})

test('what lies under transparent parts is chosen', async () => {
  const net = flatNet('blue.safetensors', [0, 0, 1])
  const clear = given(
    'clear.png',
    encode({ width: 12, height: 12, data: new Uint8Array(12 * 12 * 4), channels: 4, depth: 8 }),
  )
  expect((await compare(net, clear, '--background', '#00f')).result).toMatchObject({ psnr: null, badShare: 0 })
  expect((await compare(net, clear)).result).toMatchObject({ maxError: 1, badShare: 1 })
})

describe('--diff', () => {
  test('writes image, net and five times the difference side by side', async () => {
    const net = flatNet('diff.safetensors', [0.2, 0.6, 1])
    const image = flatPng('diff.png', 5, 4, [51, 128, 255])
    const { result, stderr } = await compare(net, image, '--diff', 'difference.png')
    expect([result.width, stderr]).toEqual([5, ''])
    const { width, height, levels } = decodeLevels(readFileSync(join(folder, 'difference.png')))
    expect([width, height]).toEqual([15, 4])
    const at = (x: number, y: number) => [...levels.subarray(3 * (y * 15 + x), 3 * (y * 15 + x) + 3)]
    for (const [x, y] of [
      [0, 0],
      [4, 3],
    ]) {
      expect(at(x, y)).toEqual([51, 128, 255])
      expect(at(x + 5, y)).toEqual([51, 153, 255])
      // 5 * (153 - 128)
      expect(at(x + 10, y)).toEqual([0, 125, 0])
    }
  })

  test('where it cannot be written exits with 3 and says no figures', async () => {
    const args = ['compare', flatNet('a.safetensors', [1, 1, 1]), flatPng('a.png', 2, 2, [0, 0, 0])]
    await expectRefused([...args, '--diff', 'no/such/a.png'], 3, /no\/such\/a\.png: cannot be written \(ENOENT\)$/m, {
      cwd: folder,
    })
    expect(readdirSync(folder).filter(file => file.endsWith('.tmp'))).toEqual([])
  })
})

test('a net that overflows is refused', async () => {
  // Infinity times zero, or minus infinity: no colour at all.
  const huge = oracleTensors('japan').map(tensor => {
    const { name, shape } = tensor
    if (name !== 'dense1.weight' && name !== 'dense2.weight') return tensor
    const values = Float64Array.from({ length: shape[0] * shape[1] }, (_, i) => (i % 3 === 0 ? -1e200 : 1e200))
    return floatTensor(name, shape, values, 'F64')
  })
  const net = given('huge.safetensors', writeSafetensors(huge))
  await expectRefused(
    ['compare', net, flatPng('b.png', 2, 2, [0, 0, 0])],
    1,
    /^vexel: \S*huge\.safetensors: the net overflows inside its frame$/m,
    {
      cwd: folder,
    },
  )
})

describe('a wrong call', () => {
  test.each([
    [['compare', 'a.safetensors'], 'image'],
    [['compare', 'a.safetensors', 'a.png', 'b.png'], 'too many arguments'],
    [['compare', 'a.safetensors', 'a.png', '--background', 'white'], '--background white'],
    [['compare', 'a.safetensors', 'a.png', '--diff', '-'], '--diff -'],
    [['compare', 'a.safetensors', 'a.png', '--width', '5000'], '--width 5000'],
    [['compare', 'a.safetensors', 'a.png', '--detail', '0'], '--detail 0'],
    [['compare', 'a.safetensors', 'a.png', '--height', '5'], '--height'],
    [['compare', oracle('japan.safetensors'), 'a.png', '--order', 'zy'], '--order zy'],
  ])('%j exits with 2 and names %s', async (args, named) => {
    const { code, text, stderr } = await vexel(args)
    expect({ code, text }, stderr).toEqual({ code: 2, text: '' })
    expect(stderr).toContain(named)
  })
})

test('the help says what the figures are and that JSON writes null for infinity', async () => {
  const { code, text } = await vexel(['compare', '--help'])
  expect(code).toBe(0)
  for (const part of [
    '--json',
    '--diff',
    '--background',
    '--x',
    'null',
    'side by side',
    '5 times',
    '--detail',
    '16 samples',
  ])
    expect(text.replaceAll(/\s+/g, ' ')).toContain(part)
})
