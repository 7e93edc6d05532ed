// The reference picture against the pictures that PyTorch drew in float64 (acceptance 3), its samples a pixel against the
// published positions, and the conventions of what the head's values are.

import { describe, expect, test } from 'vitest'
import { type FoldedNetwork, foldNetwork } from '../../src/model/fold.js'
import { DEFAULT_FRAME, type Frame } from '../../src/model/frame.js'
import { levelsOf, referenceRows } from '../../src/model/picture.js'
import { evaluateFolded, traceNetwork } from '../../src/model/reference.js'
import { parseSampleCount, type SampleCount } from '../../src/model/samples.js'
import { applyTone, levelOf, toneOf } from '../../src/model/tone.js'
import { wholeFrame } from '../../src/model/view.js'
import { ORACLE_NAMES, oracleExpected, oracleNetwork, oraclePicture } from './network-files.js'

/** The last digit of a sum decides how a channel that is all but half way between two levels is rounded. */
const LEVEL_ATOL = 1
/** The same float64 operations in another order. */
const FLOAT_ATOL = 1e-11

describe.each(ORACLE_NAMES)('the reference picture of %s', name => {
  const { width, height } = oracleExpected(name)
  const folded = foldNetwork(oracleNetwork(name))
  const spec = {
    folded,
    frame: DEFAULT_FRAME,
    view: wholeFrame(DEFAULT_FRAME),
    width,
    height,
    samples: 1 as SampleCount,
  }
  const rgb = referenceRows(spec, 0, height)

  test('is the one that PyTorch drew, within one level everywhere', () => {
    const expected = oraclePicture(name)
    expect([expected.width, expected.height]).toEqual([width, height])
    const actual = levelsOf(rgb)
    let different = 0
    for (let i = 0; i < width * height; i++)
      for (let channel = 0; channel < 3; channel++) {
        const [ours, theirs] = [actual[4 * i + channel], expected.levels[3 * i + channel]]
        const difference = Math.abs(ours - theirs)
        if (difference > 0) different++
        if (difference > LEVEL_ATOL)
          expect.fail(`pixel (${i % width}, ${Math.floor(i / width)}) channel ${channel}: ${ours}, PyTorch ${theirs}`)
      }
    // Rounding ties are rare: were the rounding itself another one, half of all levels would differ.
    expect(different).toBeLessThan(width * height * 3 * 1e-3)
  })

  test('is opaque', () => {
    expect(levelsOf(rgb).every((level, i) => i % 4 !== 3 || level === 255)).toBe(true)
  })

  test('is the same computed in bands of rows', () => {
    const bands = [0, 1, 38, 77].map((first, i, all) => referenceRows(spec, first, (all[i + 1] ?? 80) - first))
    expect(bands.flatMap(band => [...band])).toEqual([...rgb.subarray(0, 80 * width * 3)])
  })
})

describe('samples a pixel', () => {
  // D3D11_STANDARD_MULTISAMPLE_QUALITY_LEVELS (Direct3D 11 documentation), in sixteenths of a pixel from the centre.
  const POSITIONS: Readonly<Record<SampleCount, readonly (readonly [number, number])[]>> = {
    1: [[0, 0]],
    4: [
      [-2, -6],
      [6, -2],
      [-6, 2],
      [2, 6],
    ],
    8: [
      [1, -3],
      [-1, 3],
      [5, 1],
      [-3, -5],
      [-5, 5],
      [-7, -1],
      [3, 7],
      [7, -7],
    ],
    16: [
      [1, 1],
      [-1, -3],
      [-3, 2],
      [4, -1],
      [-5, -2],
      [2, 5],
      [5, 3],
      [3, -5],
      [-2, 6],
      [0, -7],
      [-4, -6],
      [-6, 4],
      [-8, 0],
      [7, -4],
      [6, 7],
      [-7, -8],
    ],
  }

  const frame: Frame = { ...DEFAULT_FRAME, x: [1, -1], y: [-0.8, 1], order: 'yx', channels: 'bgr' }
  const view = { x: 0.1, y: -0.35, zoom: 1.5 }
  const [width, height] = [13, 7]

  test.each([1, 4, 8, 16] as const)('%d are the mean of the clamped values at the stated positions', samples => {
    const network = oracleNetwork('usa')
    const actual = referenceRows({ folded: foldNetwork(network), frame, view, width, height, samples }, 0, height)
    let clamped = 0
    for (let r = 0; r < height; r++)
      for (let c = 0; c < width; c++) {
        const mean = [0, 0, 0]
        for (const [dx, dy] of POSITIONS[samples]) {
          const x = view.x + (((c + 0.5 + dx / 16) / width - 0.5) * (frame.x[1] - frame.x[0])) / view.zoom
          const y = view.y + (((r + 0.5 + dy / 16) / height - 0.5) * (frame.y[1] - frame.y[0])) / view.zoom
          const head = traceNetwork(network, y, x).at(-1)?.values ?? []
          // bgr: the head's third value is red.
          ;[...head].reverse().forEach((value, channel) => {
            const shown = Math.min(1, Math.max(0, value))
            if (shown !== value) clamped++
            mean[channel] += shown / samples
          })
        }
        mean.forEach((value, channel) => {
          const got = actual[3 * (r * width + c) + channel]
          expect(Math.abs(got - value), `pixel (${c}, ${r}) channel ${channel}: ${got}, ${value}`).toBeLessThan(
            FLOAT_ATOL,
          )
        })
      }
    // Were nothing clamped, the order of clamping and averaging would not be seen.
    expect(clamped).toBeGreaterThan(0)
  })

  test('can be 1, 4, 8 or 16', () => {
    expect([1, 4, 8, 16].map(parseSampleCount)).toEqual([1, 4, 8, 16])
    for (const count of [0, 2, 3, 5, -1, 1.5, 32, Number.NaN, Infinity])
      expect(() => parseSampleCount(count)).toThrow(/^samples: expected 1, 4, 8, 16, got /)
  })
})

describe('the tone', () => {
  /** A net whose outputs are the same everywhere. */
  function constantNet(rgb: readonly number[]): FoldedNetwork {
    const weight = new Float64Array(6)
    return {
      layers: [{ name: 'dense_head', inDim: 2, outDim: 3, activation: null, weight, bias: Float64Array.from(rgb) }],
    }
  }

  /** The levels that a frame shows for raw outputs. */
  function shown(raw: readonly number[], part: Partial<Frame>): number[] {
    const frame = { ...DEFAULT_FRAME, ...part }
    const spec = { folded: constantNet(raw), frame, view: wholeFrame(frame), width: 1, height: 1, samples: 1 as const }
    return [...levelsOf(referenceRows(spec, 0, 1))]
  }

  const cases: readonly (readonly [Partial<Frame>, raw: readonly number[], levels: readonly number[]])[] = [
    [{ output: 'rgb01' }, [0, 1, 0.2], [0, 255, 51]],
    [{ output: 'rgb01' }, [-3, 1.001, 0.6], [0, 255, 153]],
    [{ output: 'rgb255' }, [0, 255, 51], [0, 255, 51]],
    [{ output: 'rgb255' }, [-1, 300, 50.6], [0, 255, 51]],
    [{ output: 'rgb11' }, [-1, 1, 0.2], [0, 255, 153]],
    [{ output: 'rgb11' }, [-1.5, 7, -0.6], [0, 255, 51]],
    [{ output: 'logit' }, [-1e4, 1e4, Math.log(0.2 / 0.8)], [0, 255, 51]],
    [{ output: 'logit' }, [-Math.log(3), Math.log(3), 0], [64, 191, 128]],
    [{ channels: 'bgr' }, [0, 0.2, 1], [255, 51, 0]],
    [{ output: 'rgb255', channels: 'bgr' }, [1, 2, 3], [3, 2, 1]],
  ]
  test.each(cases)('%j shows %j as the levels %j', (part, raw, levels) => {
    expect(shown(raw, part)).toEqual([...levels, 255])
  })

  test('applied to many colours swaps red and blue of each', () => {
    const rgb = Float64Array.of(0, 0.25, 0.5, 1, 0.75, 0.125)
    expect(applyTone(rgb, toneOf({ output: 'rgb01', channels: 'bgr' }))).toBe(rgb)
    expect([...rgb]).toEqual([0.5, 0.25, 0, 0.125, 0.75, 1])
  })

  test('rounds a channel to the nearest level', () => {
    expect([0, 1, 0.5 / 255 - 1e-12, 0.5 / 255 + 1e-12, 254.4 / 255, 0.5].map(levelOf)).toEqual([
      0, 255, 0, 1, 254, 128,
    ])
  })
})

test('a frame that is flipped shows the picture flipped', () => {
  const folded = foldNetwork(oracleNetwork('malaysia'))
  const [width, height] = [8, 4]
  const draw = (part: Partial<Frame>) => {
    const frame = { ...DEFAULT_FRAME, ...part }
    const rgb = referenceRows({ folded, frame, view: wholeFrame(frame), width, height, samples: 1 }, 0, height)
    return (c: number, r: number) => [...rgb.subarray(3 * (r * width + c), 3 * (r * width + c) + 3)]
  }
  const [plain, mirrored, inverted] = [draw({}), draw({ x: [1, -1] }), draw({ y: [1, -1] })]
  for (let r = 0; r < height; r++)
    for (let c = 0; c < width; c++) {
      expect(mirrored(width - 1 - c, r)).toEqual(plain(c, r))
      expect(inverted(c, height - 1 - r)).toEqual(plain(c, r))
    }
})

test('the middle of an odd picture is the net at the centre of the view', () => {
  const folded = foldNetwork(oracleNetwork('nepal'))
  const view = { x: -0.4, y: 0.3, zoom: 5 }
  const rgb = referenceRows({ folded, frame: DEFAULT_FRAME, view, width: 3, height: 5, samples: 1 }, 2, 1)
  const raw = evaluateFolded(new Float64Array(3), folded, [-0.4, 0.3])
  expect([...rgb.subarray(3, 6)]).toEqual([...raw].map(value => Math.min(1, Math.max(0, value))))
})
