// The nine families of tests/oracle as what is exported, against what PyTorch drew of them.

import type { Frame } from '../../src/model/frame.js'
import { foldNetwork } from '../../src/model/fold.js'
import { isFull } from '../is-full.js'
import { FAMILY_NAMES, type FamilyName, familyBytes, familyFrame, familyNetwork } from '../model/family-files.js'
import type { GivenNet } from './five-nets.js'

/** All of them, or those with the most of their own: octaves, Fourier features behind a stored matrix, sub-networks, a radius. */
export const GIVEN_FAMILIES: readonly FamilyName[] = isFull
  ? FAMILY_NAMES
  : ['positional-relu', 'fourier-relu', 'sum-of-subnets', 'tanh-radius']

export function givenFamily(name: FamilyName, frame: Frame = familyFrame(name)): GivenNet {
  const network = familyNetwork(name)
  return {
    bytes: familyBytes(name),
    subject: {
      network,
      folded: foldNetwork(network),
      frame,
      title: name,
      fileName: `${name}.safetensors`,
      version: '1.2.3',
    },
  }
}

/** Small, of the frame's proportions. */
export const FAMILY_SIZE = { width: 48, height: 32 }
/** Its proportions are those of {@link FAMILY_SIZE}: hosts fit the picture. */
export function fittedFrame(name: FamilyName): Frame {
  return { ...familyFrame(name), aspect: FAMILY_SIZE.width / FAMILY_SIZE.height }
}
/** The other conventions at once: inputs swapped and mirrored, outputs scaled, blue first. */
export function turnedFrame(name: FamilyName): Frame {
  const { x, y } = familyFrame(name)
  return { x: [x[1], x[0]], y, order: 'yx', aspect: 1.5, output: 'rgb11', channels: 'bgr' }
}
