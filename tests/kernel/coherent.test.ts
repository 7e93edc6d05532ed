// Coherent pictures against exact ones: random views of random nets, trained, untrained and of other architectures, through all
// conventions; and the two places where such pictures were seen to fail.

import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ColourDrawer } from '../../src/kernel/colours.js'
import { MOVING_TOLERANCE, STILL_TOLERANCE } from '../../src/kernel/density.js'
import { Evaluator } from '../../src/kernel/evaluator.js'
import { LevelDrawer } from '../../src/kernel/levels.js'
import { type DrawnRegion, type Region, regionOfRows } from '../../src/kernel/region.js'
import { foldNetwork } from '../../src/model/fold.js'
import { CHANNELS, DEFAULT_FRAME, type Frame, frameAspect, ORDERS, OUTPUTS } from '../../src/model/frame.js'
import { createNetwork, type Network } from '../../src/model/network.js'
import { StateDict } from '../../src/model/state-dict.js'
import { readFrame } from '../../src/model/summary.js'
import { listTaps } from '../../src/model/tap.js'
import { samplingOf, type View, wholeFrame } from '../../src/model/view.js'
import { isFull } from '../is-full.js'
import { networkOf, ORACLE_NAMES, oracleNetwork, randomTensors } from '../model/network-files.js'

/** Pixels that may be off by more than one level, of all: what was promised of pictures at 1x and nearer. */
const MOST_OFF = 1e-4
/** Of the nets that hang on the wall, the easiest, the hardest and some between. */
const WALL = ['jp', 'my', 'us', 'np', 'kr', 'in', 'mx', 'af', 'kh', 'mc']

interface Subject {
  readonly name: string
  readonly network: Network
  readonly frame: Frame
}

function subjectOf(path: string, name: string): Subject {
  const stateDict = StateDict.parse(new Uint8Array(readFileSync(new URL(path, import.meta.url))))
  return { name, network: createNetwork(stateDict), frame: readFrame(stateDict).frame }
}

const TRAINED: readonly Subject[] = [
  ...ORACLE_NAMES.map(name => ({ name, network: oracleNetwork(name), frame: DEFAULT_FRAME })),
  ...WALL.map(code => subjectOf(`../../public/flags/${code}.safetensors`, code)),
]
const UNTRAINED: readonly Subject[] = [
  { widths: [16, 32, 32, 32, 32, 32, 32, 16], norms: [2, 4, 6, 8] },
  { widths: [8, 8], norms: [] },
  { widths: [7, 13, 5], norms: [1, 3] },
].map(({ widths, norms }, i) => ({
  name: `random ${widths}`,
  network: networkOf(randomTensors(widths, norms, 11 + i)),
  frame: DEFAULT_FRAME,
}))

const SUBJECTS = [...UNTRAINED, ...TRAINED]

const drawers = new Map<Network, ColourDrawer>()

function drawerOf(network: Network): ColourDrawer {
  let drawer = drawers.get(network)
  if (!drawer) drawers.set(network, (drawer = new ColourDrawer(new Evaluator(foldNetwork(network)))))
  return drawer
}

/** Counts the pixels with a channel that is more than so many levels from the exact picture's. */
function pixelsOff({ rgba }: DrawnRegion, exact: DrawnRegion, levels = 1): number {
  let off = 0
  for (let i = 0; i < rgba.length; i += 4) {
    const isNear = [0, 1, 2].every(channel => Math.abs(rgba[i + channel] - exact.rgba[i + channel]) <= levels)
    if (!isNear || rgba[i + 3] !== 255) off++
  }
  return off
}

function drawBoth(
  network: Network,
  region: Region,
  tolerance = STILL_TOLERANCE,
): { exact: DrawnRegion; coherent: DrawnRegion } {
  const drawer = drawerOf(network)
  return { exact: drawer.drawPixels(region), coherent: drawer.drawPixels({ ...region, tolerance }) }
}

/** A part of what a camera sees that shows the frame `density` pixels wide at 1x. */
function regionAt(frame: Frame, view: View, density = 640, size = SIZE): Region {
  const sampling = samplingOf(frame, view, density, Math.round(density / frameAspect(frame)))
  const blocks = { x: 0, y: 0, ...size }
  return { frame, tap: null, tone: null, sampling, viewport: size, blocks, step: 1, samples: 1 }
}

const SIZE = { width: 401, height: 253 }
const RUNS = isFull ? 150 : 6

/** A point of the frame and a zoom: 1 is the whole frame, 640 pixels wide, of which some is drawn. */
const views = fc.record({
  x: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
  y: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
  zoom: fc.double({ min: 0, max: 5, noNaN: true }).map(power => 10 ** power),
})

function viewOf(frame: Frame, { x, y, zoom }: View): View {
  const middle = wholeFrame(frame)
  return {
    x: middle.x + x * (frame.x[1] - frame.x[0]),
    y: middle.y + y * (frame.y[1] - frame.y[0]),
    zoom,
  }
}

const frames = fc.record({
  x: fc.constantFrom([-1, 1] as const, [1, -0.5] as const, [0, 1] as const),
  y: fc.constantFrom([-1, 1] as const, [0.7, -1] as const),
  order: fc.constantFrom(...ORDERS),
  aspect: fc.constantFrom(null, 2, 0.8),
  output: fc.constantFrom(...OUTPUTS),
  channels: fc.constantFrom(...CHANNELS),
})

function expectNear(network: Network, region: Region): void {
  const { exact, coherent } = drawBoth(network, region)
  expect(coherent.rgba.length).toBe(exact.rgba.length)
  expect(pixelsOff(coherent, exact)).toBeLessThanOrEqual((MOST_OFF * coherent.rgba.length) / 4)
}

describe('a coherent picture shows what the exact one shows', () => {
  test('of nets that were trained, at 1x and nearer', () => {
    fc.assert(
      fc.property(fc.nat(TRAINED.length - 1), views, (index, view) => {
        const { network, frame } = TRAINED[index]
        expectNear(network, regionAt(frame, viewOf(frame, view)))
      }),
      { numRuns: RUNS, seed: 14 },
    )
  })

  test('of untrained ones and other architectures, through every convention', () => {
    fc.assert(
      fc.property(fc.nat(SUBJECTS.length - 1), frames, views, (index, frame, view) =>
        expectNear(SUBJECTS[index].network, regionAt(frame, viewOf(frame, view))),
      ),
      { numRuns: RUNS, seed: 15 },
    )
  })

  // A unit's hairline that the head never shows may be missed here and there, so they are counted together.
  test('of units, through their tones, all in all', () => {
    let off = 0
    let pixels = 0
    fc.assert(
      fc.property(fc.nat(SUBJECTS.length - 1), fc.nat(), views, (index, pick, view) => {
        const { network, frame } = SUBJECTS[index]
        const taps = listTaps(network.architecture, pick % 2 === 0 ? 'pre' : 'post')
        const tone = pick % 3 === 0 ? null : { offset: 0.1 * (pick % 7), scale: pick % 5 }
        const tap = taps[pick % taps.length]
        const { exact, coherent } = drawBoth(network, { ...regionAt(frame, viewOf(frame, view)), tap, tone })
        off += pixelsOff(coherent, exact)
        pixels += coherent.rgba.length / 4
      }),
      { numRuns: RUNS, seed: 16 },
    )
    expect(off).toBeLessThanOrEqual(MOST_OFF * pixels)
  })

  test('roughly while the camera moves, for no more evaluations', () => {
    for (const { network, frame } of TRAINED.slice(0, isFull ? TRAINED.length : 3)) {
      const region = regionAt(frame, { ...wholeFrame(frame), zoom: 2 })
      const still = drawBoth(network, region)
      const moving = drawBoth(network, region, MOVING_TOLERANCE)
      expect(moving.coherent.evaluations).toBeLessThanOrEqual(still.coherent.evaluations)
      expect(pixelsOff(moving.coherent, moving.exact, 4)).toBeLessThanOrEqual((MOST_OFF * still.exact.rgba.length) / 4)
    }
  })

  test('with several samples a pixel, each of them coherent', () => {
    const region = regionAt(DEFAULT_FRAME, { x: -0.5, y: -0.5, zoom: 2 }, 640, { width: 120, height: 90 })
    expectNear(oracleNetwork('malaysia'), { ...region, samples: 4 })
  })

  test('where the net is beyond all numbers', () => {
    for (const x of [1e5, 1e300, Number.NaN])
      expectNear(oracleNetwork('usa'), regionAt(DEFAULT_FRAME, { x, y: 0, zoom: 1 }, 640, { width: 70, height: 50 }))
  })
})

test.each([
  // What the prototype took that it was proposed with: in the middle of twelve flags, and at most.
  { zoom: 1, most: 0.23 },
  { zoom: 16, most: 0.17 },
  { zoom: 1000, most: 0.02 },
])('a coherent picture of Japan 1,920 pixels wide takes a fraction of the evaluations, $zoom times as near', at => {
  const size = { width: 1920, height: 1280 }
  const region = regionAt(DEFAULT_FRAME, { x: 0.3, y: 0.3, zoom: at.zoom }, 1920, size)
  const { evaluations } = drawerOf(oracleNetwork('japan')).drawPixels({ ...region, tolerance: STILL_TOLERANCE })
  expect(evaluations / (size.width * size.height)).toBeLessThan(at.most)
})

describe('what a lattice hardly sees', () => {
  /** Around a plane point, at the 0.3-fold of a picture 1,920 pixels wide. */
  const around = (x: number, y: number, shift: number) => {
    const size = { width: 240, height: 160 }
    const region = regionAt({ ...DEFAULT_FRAME, aspect: 1920 / 1080 }, { x, y, zoom: 0.3 }, 1920, size)
    return { ...region, blocks: { ...region.blocks, x: shift, y: shift } }
  }

  test('a spike of Nepal’s that ends inside a block is betrayed by the block beside it, wherever blocks begin', () => {
    const { network } = subjectOf('./nets/nepal-spike.safetensors', 'nepal')
    for (let shift = 0; shift < 16; shift += isFull ? 1 : 5) {
      const { exact, coherent } = drawBoth(network, around(-0.598, 0.719, shift))
      const farthest = coherent.rgba.reduce((most, level, i) => Math.max(most, Math.abs(level - exact.rgba[i])), 0)
      // Without its neighbours 235.
      expect(farthest).toBeLessThanOrEqual(5)
    }
  })

  test('a hairline of Japan’s two pixels high may be missed, by no more pixels than a picture may', () => {
    const { network } = subjectOf('./nets/japan-hairline.safetensors', 'japan')
    for (let shift = 0; shift < 16; shift += isFull ? 1 : 5) {
      const { exact, coherent } = drawBoth(network, around(2.858, 0.954, shift))
      expect(pixelsOff(coherent, exact)).toBeLessThanOrEqual(MOST_OFF * 1920 * 1080)
    }
  })

  test('a line of a unit’s one pixel high, in rows in which large blocks have no nodes, is found nearly wherever blocks begin', () => {
    const tap = { layer: 6, unit: 14, stage: 'pre' } as const
    const size = { width: 200, height: 120 }
    const whole = regionAt(DEFAULT_FRAME, { x: 0, y: 0, zoom: 1 })
    const region = { ...whole, tap, tone: { offset: 0.1, scale: 2 } }
    let off = 0
    const rows = 8
    for (let y = 0; y < rows; y++) {
      const blocks = { x: 100, y: 100 + y, ...size }
      const { exact, coherent } = drawBoth(oracleNetwork('usa'), { ...region, blocks })
      off += pixelsOff(coherent, exact)
    }
    expect(off).toBeLessThanOrEqual(MOST_OFF * rows * 640 * 427)
  })

  test('a line of Cambodia’s three pixels high between the rows of the lattice is found at one place and followed', () => {
    const { network, frame } = subjectOf('../../public/flags/kh.safetensors', 'kh')
    const size = { width: 640, height: 64 }
    const region = regionAt(frame, { x: (704 / 1280) * 2 - 1, y: (540 / 816) * 2 - 1, zoom: 1 }, 1280, size)
    for (let y = 0; y < 16; y += isFull ? 1 : 3) {
      const { exact, coherent } = drawBoth(network, { ...region, blocks: { ...region.blocks, y } })
      expect(pixelsOff(coherent, exact)).toBeLessThanOrEqual(MOST_OFF * 1280 * 816)
    }
  })
})

test('a picture below 640 pixels across is drawn pixel by pixel, though it may be fast', () => {
  const { network, frame } = subjectOf('../../public/flags/jp.safetensors', 'jp')
  const folded = foldNetwork(network)
  const spec = { folded, frame, view: wholeFrame(frame), height: 64, samples: 1, isFast: true } as const
  expect(regionOfRows({ ...spec, width: 639, height: 426 }, 0, 8).tolerance).toBeUndefined()
  expect(regionOfRows({ ...spec, width: 640, height: 426 }, 0, 8).tolerance).toBe(STILL_TOLERANCE)
  expect(regionOfRows({ ...spec, width: 640, height: 426, isFast: false }, 0, 8).tolerance).toBeUndefined()
})

test('levels for a file are the coherent picture’s where it may be fast', () => {
  const { network, frame } = subjectOf('../../public/flags/jp.safetensors', 'jp')
  const region = { ...regionAt(frame, wholeFrame(frame), 640, { width: 80, height: 70 }), tolerance: STILL_TOLERANCE }
  const { rgba } = drawerOf(network).drawPixels(region)
  const levels = new LevelDrawer(foldNetwork(network), new Evaluator(foldNetwork(network))).draw(region)
  expect(levels).toEqual(Uint8Array.from(rgba.filter((_, i) => i % 4 !== 3)))
})
