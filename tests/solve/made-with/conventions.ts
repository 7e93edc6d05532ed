// How the pixels of a raster become a net's inputs, as people write it: the conventions of the test set.

import type { Frame } from '../../../src/model/frame.js'

/** Inputs of the first and the last pixel's centre along an axis of `count` pixels; linear in between. */
export type Axis = (count: number, other: number) => readonly [first: number, last: number]

export interface Convention {
  readonly name: string
  /** Along the columns, from left to right, and along the rows, from top to bottom. */
  readonly x: Axis
  readonly y: Axis
  readonly order?: Frame['order']
  readonly output?: Frame['output']
  readonly channels?: Frame['channels']
}

/** Pixel centres of a range's outer edges. */
export const centres =
  (from: number, to: number): Axis =>
  count => [from + (0.5 / count) * (to - from), to - (0.5 / count) * (to - from)]
/** linspace: the ends are the first and the last pixel's centre. */
export const inclusive =
  (from: number, to: number): Axis =>
  () => [from, to]
export const flipped =
  (axis: Axis): Axis =>
  (count, other) => {
    const [first, last] = axis(count, other)
    return [last, first]
  }
/** The index of the pixel, or its centre in pixels. */
export const index: Axis = count => [0, count - 1]
export const pixelCentre: Axis = count => [0.5, count - 0.5]
/** Pixels over the longer edge. */
export const overLonger: Axis = (count, other) => [0.5 / Math.max(count, other), (count - 0.5) / Math.max(count, other)]
/** Pixels from the middle over half the other edge: +-1 along that one. */
export const fromMiddle: Axis = (count, other) => [(1 - count) / other, (count - 1) / other]
/** Mean 0, standard deviation 1 over the raster. */
export const standardised: Axis = count => {
  const deviation = Math.sqrt((count * count - 1) / 12)
  return [-(count - 1) / 2 / deviation, (count - 1) / 2 / deviation]
}
/** +-1 or shorter by the proportions, so that a unit is the same length along both. */
export const isotropic: Axis = (count, other) => {
  const end = count / Math.max(count, other)
  return centres(-end, end)(count, other)
}

export const CONVENTIONS: readonly Convention[] = [
  { name: 'plus-minus-one', x: centres(-1, 1), y: centres(-1, 1) },
  { name: 'unit', x: centres(0, 1), y: centres(0, 1) },
  { name: 'half', x: centres(-0.5, 0.5), y: centres(-0.5, 0.5) },
  { name: 'pixel-index', x: index, y: index },
  { name: 'pixel-centre', x: pixelCentre, y: pixelCentre },
  { name: 'over-longer', x: overLonger, y: overLonger },
  { name: 'from-middle', x: fromMiddle, y: centres(-1, 1) },
  { name: 'isotropic', x: isotropic, y: isotropic },
  { name: 'standardised', x: standardised, y: standardised },
  { name: 'linspace', x: inclusive(-1, 1), y: inclusive(-1, 1) },
  { name: 'linspace-unit', x: inclusive(0, 1), y: inclusive(0, 1) },
  { name: 'rows-first', x: centres(-1, 1), y: centres(-1, 1), order: 'yx' },
  { name: 'rows-first-index', x: index, y: index, order: 'yx' },
  { name: 'upwards', x: centres(-1, 1), y: flipped(centres(-1, 1)) },
  { name: 'mirrored', x: flipped(centres(-1, 1)), y: centres(-1, 1) },
  { name: 'rows-first-upwards', x: centres(-1, 1), y: flipped(centres(-1, 1)), order: 'yx' },
  { name: 'unit-upwards', x: centres(0, 1), y: flipped(centres(0, 1)) },
  { name: 'pi', x: centres(-Math.PI, Math.PI), y: centres(-Math.PI, Math.PI) },
  { name: 'odd', x: centres(-3, 2), y: centres(0.5, 4) },
  { name: 'ten', x: centres(0, 10), y: centres(0, 10) },
  { name: 'levels', x: centres(-1, 1), y: centres(-1, 1), output: 'rgb255' },
  { name: 'symmetric', x: centres(-1, 1), y: centres(-1, 1), output: 'rgb11' },
  { name: 'logits', x: centres(-1, 1), y: centres(-1, 1), output: 'logit' },
  { name: 'opencv', x: index, y: index, order: 'yx', output: 'rgb255', channels: 'bgr' },
  { name: 'bgr', x: centres(-1, 1), y: centres(-1, 1), channels: 'bgr' },
  {
    name: 'all-at-once',
    x: flipped(centres(0, 1)),
    y: centres(0, 1),
    order: 'yx',
    output: 'rgb11',
    channels: 'bgr',
  },
  { name: 'unit-logits', x: centres(0, 1), y: centres(0, 1), output: 'logit' },
]

/** The frame of a raster under a convention: outer edges, half a pixel beyond the outermost centres. */
export function frameOf(convention: Convention, width: number, height: number): Frame {
  const edges = (axis: Axis, count: number, other: number): readonly [number, number] => {
    const [first, last] = axis(count, other)
    const half = (last - first) / (count - 1) / 2
    return [first - half, last + half]
  }
  return {
    x: edges(convention.x, width, height),
    y: edges(convention.y, height, width),
    order: convention.order ?? 'xy',
    aspect: width / height,
    output: convention.output ?? 'rgb01',
    channels: convention.channels ?? 'rgb',
  }
}
