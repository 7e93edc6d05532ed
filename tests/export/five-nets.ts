// The nets that every export is made of: easily and sharply trained ones, another architecture, another frame, and an edited one.

import { readFileSync } from 'node:fs'
import type { ExportSubject } from '../../src/export/subject.js'
import { foldNetwork } from '../../src/model/fold.js'
import { DEFAULT_FRAME, type Frame, FRAME_KEY } from '../../src/model/frame.js'
import { createNetwork } from '../../src/model/network.js'
import { referenceRows } from '../../src/model/picture.js'
import { levelOf } from '../../src/model/tone.js'
import { StateDict } from '../../src/model/state-dict.js'
import { type View, wholeFrame } from '../../src/model/view.js'
import { oracleBytes, oracleTensors, randomTensors, withValue } from '../model/network-files.js'
import type { NewTensor } from '../../src/model/safetensors/write.js'

export interface GivenNet {
  readonly bytes: Uint8Array
  readonly subject: ExportSubject
}

export const NET_NAMES = ['easy', 'sharp', 'otherwise built', 'in another frame', 'edited'] as const
export type NetName = (typeof NET_NAMES)[number]

const TURNED: Frame = { x: [1, -0.5], y: [0.75, -1.25], order: 'yx', aspect: 1.5, output: 'logit', channels: 'bgr' }
const HALVED: Frame = { ...DEFAULT_FRAME, aspect: 0.75, output: 'rgb11' }

const file = (tensors: readonly NewTensor[], frame?: Frame) =>
  StateDict.create(tensors, frame ? new Map([[FRAME_KEY, JSON.stringify(frame)]]) : undefined).serialize()

const FILES: Readonly<Record<NetName, () => Uint8Array>> = {
  easy: () => oracleBytes('japan'),
  sharp: () => readFileSync(new URL('../gpu/nets/sharp-iran.safetensors', import.meta.url)),
  // Widths that are no multiples of four, batch norm in front of the head, and more outputs than the layer before.
  'otherwise built': () => file(randomTensors([6, 3, 9], [1, 3], 5), HALVED),
  'in another frame': () => file(oracleTensors('usa'), TURNED),
  edited: () => file(withValue('malaysia', 'dense3.weight', 39, 1.5)),
}

/** A net of the five, with its frame as its file states it. */
export function givenNet(name: NetName): GivenNet {
  const bytes = FILES[name]()
  const network = createNetwork(StateDict.parse(bytes))
  const frame = { 'otherwise built': HALVED, 'in another frame': TURNED }[name as string] ?? DEFAULT_FRAME
  const fileName = `${name.replaceAll(' ', '-')}.safetensors`
  return {
    bytes,
    subject: { network, folded: foldNetwork(network), frame, title: name, fileName, version: '1.2.3' },
  }
}

/** A size that has the frame's proportions, so that it fills a canvas. */
export function sizeOf({ subject: { frame } }: GivenNet): { width: number; height: number } {
  return frame.aspect === HALVED.aspect ? { width: 36, height: 48 } : { width: 48, height: 32 }
}

/** What the float64 reference shows, [height * width, 3] levels. */
export function referenceLevels(
  { subject: { folded, frame } }: GivenNet,
  size: { readonly width: number; readonly height: number },
  view: View = wholeFrame(frame),
): number[] {
  return Array.from(referenceRows({ folded, frame, view, samples: 1, ...size }, 0, size.height), levelOf)
}

/** The largest difference; NaN where the lengths differ. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.NaN
  return Array.from(actual).reduce((max, value, i) => Math.max(max, Math.abs(value - expected[i])), 0)
}
