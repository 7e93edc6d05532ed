// The test set: nets of other hands under many conventions, what is true of each, and when an answer is right.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decode } from 'fast-png'
import type { Frame } from '../../src/model/frame.js'
import { createNetwork, type Network } from '../../src/model/network.js'
import { StateDict } from '../../src/model/state-dict.js'
import { type Catalogue, parseCatalogue, type Sheet } from '../../src/solve/catalogue.js'
import type { Reading } from '../../src/solve/solution.js'

// From the root of the checkout, where tests and bench run: the bench is bundled, and stands elsewhere then.
const NETS = join(process.cwd(), 'tests/solve/nets/')
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
}

/** PyTorch's own nets, all in one convention; proportions of their rasters. */
const ORACLE_ASPECTS = { malaysia: ['my', 2], japan: ['jp', 1.5], nepal: ['np', 0.82], usa: ['us', 1.9] } as const

export const MYSTERIES: readonly Mystery[] = [
  ...readdirSync(NETS)
    .filter(file => file.endsWith('.json'))
    .map((file): Mystery => {
      const { name, picture, convention, frame, steps } = JSON.parse(readFileSync(NETS + file, 'utf8'))
      const isFlag = /^[a-z]{2}$/.test(picture)
      const kind = picture === 'noise' || steps === 0 ? 'nothing' : isFlag ? 'flag' : 'unknown picture'
      const path = `${NETS}${name}.safetensors`
      return { name, path, flag: isFlag ? picture : null, convention, frame, kind }
    }),
  ...Object.entries(ORACLE_ASPECTS).map(([name, [flag, aspect]]): Mystery => {
    const frame: Frame = { x: [-1, 1], y: [-1, 1], order: 'xy', aspect, output: 'rgb01', channels: 'rgb' }
    return { name, path: `${ORACLE}${name}.safetensors`, flag, convention: 'plus-minus-one', frame, kind: 'flag' }
  }),
]

export function networkOf({ path }: Pick<Mystery, 'path'>): Network {
  return createNetwork(StateDict.parse(readFileSync(path)))
}

export function loadCatalogue(): Catalogue {
  const sheet = decode(readFileSync(`${FLAGS}pictures.png`)) as Sheet
  return parseCatalogue(readFileSync(`${FLAGS}pictures.json`, 'utf8'), sheet)
}

/** What is wrong with a reading: the fields, or nothing. */
export function mistakesOf({ frame: found, flag }: Reading, truth: Mystery, catalogue: Catalogue): string[] {
  if (!found) return ['no frame']
  const { frame } = truth
  const mistakes: string[] = []
  if (rangeError(found, frame) > 0.01) mistakes.push('ranges')
  if (found.output !== frame.output) mistakes.push('output')
  if (found.order !== frame.order) mistakes.push('order')
  if (found.channels !== frame.channels) mistakes.push('channels')
  if (truth.kind !== 'flag') return mistakes
  if (!(Math.abs((found.aspect ?? Number.NaN) / (frame.aspect as number) - 1) <= 0.02)) mistakes.push('aspect')
  if (!isShared(flag?.code ?? '', truth.flag as string, catalogue)) mistakes.push('flag')
  return mistakes
}

/** The farthest end, as a share of its range's length. A flip is an error of a whole length. */
export function rangeError(found: Frame, truth: Frame): number {
  const axes = [
    [found.x, truth.x],
    [found.y, truth.y],
  ]
  return Math.max(...axes.flatMap(([a, b]) => [0, 1].map(end => Math.abs(a[end] - b[end]) / Math.abs(b[1] - b[0]))))
}

/** Whether two flags of the catalogue are the same picture but for a level on the average. */
function isShared(code: string, other: string, { pictures }: Catalogue): boolean {
  const [a, b] = [code, other].map(wanted => pictures.find(picture => picture.code === wanted))
  if (!a || !b) return false
  const total = a.pixels.reduce((sum, value, i) => sum + Math.abs(value - b.pixels[i]), 0)
  return total / a.pixels.length <= 1
}
