// Nets that nobody chose: pictures, conventions, sizes and trainings drawn at random, so that the solver can be tried on what it was
// not built on. The conventions' parts are combined freely, as different people would write them. Two of the first seventy (seed 7)
// are in the test set: statistics alone did not bring them near enough to be named.

import { readdirSync } from 'node:fs'
import { SplitMix64 } from '../../../src/train/random.js'
import {
  type Axis,
  centres,
  type Convention,
  flipped,
  fromMiddle,
  inclusive,
  index,
  isotropic,
  overLonger,
  pixelCentre,
  standardised,
} from './conventions.js'
import type { Plan } from './plan.js'

/** Left edges instead of middles: i / n, from 0 on. */
const leftEdges: Axis = count => [0, (count - 1) / count]
const overShorter: Axis = (count, other) => [0.5 / Math.min(count, other), (count - 0.5) / Math.min(count, other)]
/** The shorter edge is +-1, the longer one longer. */
const shorterIsOne: Axis = (count, other) => {
  const end = count / Math.min(count, other)
  return centres(-end, end)(count, other)
}
const hundredths: Axis = count => [0, (count - 1) / 100]
/** Pixels from the middle. */
const fromMiddleInPixels: Axis = count => [(1 - count) / 2, (count - 1) / 2]

type Axes = readonly [name: string, x: Axis, y: Axis]
const both = (name: string, axis: Axis): Axes => [name, axis, axis]
const AXES: readonly Axes[] = [
  both('plus-minus-one', centres(-1, 1)),
  both('linspace', inclusive(-1, 1)),
  both('unit', centres(0, 1)),
  both('linspace-unit', inclusive(0, 1)),
  both('half', centres(-0.5, 0.5)),
  both('linspace-half', inclusive(-0.5, 0.5)),
  both('left-edges', leftEdges),
  both('two', centres(-2, 2)),
  both('linspace-four', inclusive(-4, 4)),
  both('zero-to-two', centres(0, 2)),
  both('pixel-index', index),
  both('pixel-centre', pixelCentre),
  both('pixels-from-middle', fromMiddleInPixels),
  both('over-longer', overLonger),
  both('over-shorter', overShorter),
  both('isotropic', isotropic),
  both('shorter-is-one', shorterIsOne),
  both('standardised', standardised),
  both('pi', centres(-Math.PI, Math.PI)),
  both('hundredths', hundredths),
  both('eight-bits', inclusive(0, 255)),
  ['from-middle', fromMiddle, centres(-1, 1)],
  ['mixed', centres(-1, 1), centres(0, 1)],
  ['odd', centres(-1.7, 0.9), centres(0.25, 2.5)],
]

export function randomPlans(count: number, seed: number): { plan: Plan; convention: Convention }[] {
  const random = new SplitMix64(seed)
  const isLikely = (share: number) => random.uniform() < share
  const among = <T>(list: readonly T[]): T => list[Math.floor(random.uniform() * list.length)]
  const flags = readdirSync('node_modules/svg-country-flags/svg')
    .map(file => file.replace('.svg', ''))
    .filter(code => /^[a-z]{2}$/.test(code))
    .sort()
  return Array.from({ length: count }, (_, i) => {
    const [style, across, down] = among(AXES)
    const [isMirrored, isUpwards, isYx, isBgr] = [isLikely(0.15), isLikely(0.3), isLikely(0.35), isLikely(0.15)]
    const output = isLikely(0.5) ? 'rgb01' : among(['rgb255', 'rgb11', 'logit'] as const)
    const name = [
      style,
      ...(isMirrored ? ['mirrored'] : []),
      ...(isUpwards ? ['upwards'] : []),
      ...(isYx ? ['yx'] : []),
      ...(output === 'rgb01' ? [] : [output]),
      ...(isBgr ? ['bgr'] : []),
    ].join('-')
    const convention: Convention = {
      name,
      x: isMirrored ? flipped(across) : across,
      y: isUpwards ? flipped(down) : down,
      order: isYx ? 'yx' : 'xy',
      output,
      channels: isBgr ? 'bgr' : 'rgb',
    }
    const picture = isLikely(0.85) ? among(flags) : among(['smiley', 'pennant', 'hills', 'target', 'noise'])
    const batch = among([512, 1024, 2048, 4096])
    const plan: Plan = {
      name: `${String(i + 1).padStart(3, '0')}-${picture}-${name}`,
      picture,
      convention: name,
      width: among([48, 64, 96, 128, 160, 200, 240, 256, 300, 320, 400]),
      steps: Math.round((among([2, 4, 8, 12]) * 2 ** 20) / batch),
      batch,
      seed: 10_000 * seed + i,
      optimizer: among(['adam', 'muon']),
      rate: isLikely(0.7) ? 'falling' : 'constant',
      firstLayer: isLikely(0.4) ? 'pytorch' : among([2, 3, 6]),
    }
    return { plan, convention }
  })
}
