// What is of no page: it compiles without DOM's types.

import { createNetwork, evaluateFolded, foldNetwork, type Frame, pictureSize, readFrame, StateDict } from 'vexel'
import { type Solution, solve } from 'vexel/solve'
import { type RgbImage, train } from 'vexel/train'

export function outputsAt(file: Uint8Array, x: number, y: number): Float64Array {
  return evaluateFolded(new Float64Array(3), foldNetwork(createNetwork(StateDict.parse(file))), [x, y])
}

export function frameOf(file: Uint8Array): Frame {
  return readFrame(StateDict.parse(file)).frame
}

export const size = pictureSize

/** A net of a picture, and what it draws. */
export async function learn(image: RgbImage): Promise<Solution> {
  const { network } = await train(image, { steps: 100, onProgress: ({ step }) => step < 50 })
  return solve(createNetwork(network), null)
}
