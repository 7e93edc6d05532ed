// The test set: nets of other hands under many conventions, what is true of each, and when an answer is right.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decode } from 'fast-png'
import type { Frame } from '../../src/model/frame.js'
import { createNetwork, type Network } from '../../src/model/network.js'
import { StateDict } from '../../src/model/state-dict.js'
import { type Catalogue, type CataloguePicture, parseCatalogue, type Sheet } from '../../src/solve/catalogue.js'
import { isSamePicture, type Match } from '../../src/solve/match.js'
import type { Reading } from '../../src/solve/solution.js'

// From the root of the checkout, where tests and bench run: the bench is bundled, and stands elsewhere then.
const NETS = join(process.cwd(), 'tests/solve/nets')
const ORACLE = join(process.cwd(), 'tests/oracle/')
const FLAGS = join(process.cwd(), 'public/flags/')

export interface Mystery {
  readonly name: string
  readonly path: string
  /** A code of the catalogue; null for a picture that is on no wall, and for none. */
  readonly flag: string | null
  readonly convention: string
  readonly frame: Frame
  readonly kind: 'flag' | 'unknown picture' | 'nothing'
  /** How well the net draws its picture, in dB. */
  readonly psnr: number
}

/** PyTorch's own nets, all in one convention; proportions of their rasters, PSNR in dB. */
const ORACLE_FACTS = {
  malaysia: ['my', 2, 42.1],
  japan: ['jp', 1.5, 38.1],
  nepal: ['np', 0.82, 32.8],
  usa: ['us', 1.9, 33.6],
} as const

/** The nets of a folder that made-with/run.js has trained; some say in `madeWith` that others did. */
function readMysteries(folder: string): Mystery[] {
  return readdirSync(folder)
    .filter(file => file.endsWith('.json'))
    .map((file): Mystery => {
      const { name, picture, convention, frame, steps, psnr } = JSON.parse(readFileSync(join(folder, file), 'utf8'))
      const isFlag = /^[a-z]{2}$/.test(picture)
      const kind = picture === 'noise' || steps === 0 ? 'nothing' : isFlag ? 'flag' : 'unknown picture'
      const path = join(folder, `${name}.safetensors`)
      return { name, path, flag: isFlag ? picture : null, convention, frame, kind, psnr }
    })
}

export const MYSTERIES: readonly Mystery[] = [
  ...readMysteries(NETS),
  ...Object.entries(ORACLE_FACTS).map(([name, [flag, aspect, psnr]]): Mystery => {
    const frame: Frame = { x: [-1, 1], y: [-1, 1], order: 'xy', aspect, output: 'rgb01', channels: 'rgb' }
    return { name, path: `${ORACLE}${name}.safetensors`, flag, convention: 'plus-minus-one', frame, kind: 'flag', psnr }
  }),
]

export function networkOf({ path }: Pick<Mystery, 'path'>): Network {
  return createNetwork(StateDict.parse(readFileSync(path)))
}

export function loadCatalogue(): Catalogue {
  const sheet = decode(readFileSync(`${FLAGS}pictures.png`)) as Sheet
  return parseCatalogue(readFileSync(`${FLAGS}pictures.json`, 'utf8'), sheet)
}

/**
 * What is wrong with a reading: the fields, or nothing. A flag is right in any orientation that draws the same picture, and so
 * is every flag that shares it.
 */
export function mistakesOf({ frame: found, flag }: Reading, truth: Mystery, catalogue: Catalogue): string[] {
  if (!found) return ['no frame']
  const { frame } = truth
  const mistakes: string[] = []
  if (rangeError(found, frame) > 0.01) mistakes.push('ranges')
  if (found.output !== frame.output) mistakes.push('output')
  if (truth.kind !== 'flag') {
    const isTurned = orientationNumber(found) !== orientationNumber(frame)
    return isTurned ? [...mistakes, 'orientation'] : mistakes
  }
  const [named, real] = [flag?.code, truth.flag].map(code => catalogue.pictures.find(picture => picture.code === code))
  if (!named || !real) return [...mistakes, 'flag']
  if (!isSamePicture(matchOf(named, found), matchOf(real, { ...frame, output: found.output })))
    mistakes.push(named === real ? 'orientation' : 'flag')
  // Of those that share a picture each has its own proportions.
  const aspects = [frame.aspect as number, named.aspect]
  if (!aspects.some(aspect => Math.abs((found.aspect ?? Number.NaN) / aspect - 1) <= 0.02)) mistakes.push('aspect')
  return mistakes
}

function matchOf(picture: CataloguePicture, { x, y, order, channels, output }: Frame): Match {
  const orientation = { order, channels, isMirrored: x[0] > x[1], isUpsideDown: y[0] > y[1] }
  return { picture, output, orientation, meanSquare: 0 }
}

function orientationNumber({ x, y, order, channels }: Frame): number {
  const flags = [x[0] > x[1], y[0] > y[1], order === 'yx', channels === 'bgr']
  return flags.reduce((sum, flag, i) => sum + (flag ? 2 ** i : 0), 0)
}

/** The farthest end of the inputs' two ranges, as a share of the range's length, whichever way the picture runs over them. */
export function rangeError(found: Frame, truth: Frame): number {
  const [a, b] = [boxOfFrame(found), boxOfFrame(truth)]
  return Math.max(
    ...b.flatMap((range, i) => [0, 1].map(end => Math.abs(a[i][end] - range[end]) / (range[1] - range[0]))),
  )
}

function boxOfFrame({ x, y, order }: Frame): (readonly [number, number])[] {
  const ranges = [x, y].map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
  return order === 'xy' ? ranges : ranges.reverse()
}
