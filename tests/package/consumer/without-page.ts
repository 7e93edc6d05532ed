// What is of no page: it compiles without DOM's types.

import { createNetwork, evaluateFolded, foldNetwork, type Frame, pictureSize, readFrame, StateDict } from 'vexel'

export function outputsAt(file: Uint8Array, x: number, y: number): Float64Array {
  return evaluateFolded(new Float64Array(3), foldNetwork(createNetwork(StateDict.parse(file))), [x, y])
}

export function frameOf(file: Uint8Array): Frame {
  return readFrame(StateDict.parse(file)).frame
}

export const size = pictureSize
