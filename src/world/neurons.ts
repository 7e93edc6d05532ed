// The layout of the neuron view: all units of a net, layer by layer in the net's order, as bands beneath each other or as
// columns side by side, whichever lets the pictures be larger in the box they are fitted into.

import type { Rect, Size } from './camera.js'
import type { Direction } from './justified.js'

/** The pictures of one layer, all of one size. */
interface NeuronLayer {
  readonly count: number
  /** Height of each, a hidden unit's being 1. */
  readonly height: number
}

export interface NeuronOptions {
  /** Between neighbours of a layer, where a hidden unit is 1 high. */
  readonly gap: number
  /** Between layers, besides the captions. */
  readonly layerGap: number
  /** Kept free over every layer, in units of the box: text has the same size on every screen. */
  readonly captionHeight: number
}

/** A laid out net, a hidden unit being 1 high. Its top left corner is (0, 0). */
export interface NeuronLayout extends Size {
  readonly arrangement: 'bands' | 'columns'
  /** By layer and unit. */
  readonly layers: readonly (readonly Rect[])[]
  /** Where the caption of each layer stands. */
  readonly captions: readonly Rect[]
}

/** How high the pictures of the last layer may be: what the net is for is larger where there is room. */
const HEAD_HEIGHTS = [2, 2.5, 3, 3.5, 4]

/**
 * Lays out a net, so that its pictures cover as much of the box as they can.
 * @param hidden how many units each hidden layer has, in the net's order, each above 0
 * @param head how many pictures follow as the last layer, above 0
 * @param aspect width / height of every picture, above 0
 * @param box what the whole is fitted into; only the captions' height depends on its units
 */
export function layoutNeurons(
  hidden: readonly number[],
  head: number,
  aspect: number,
  box: Size,
  options: NeuronOptions,
): NeuronLayout {
  const most = Math.max(...hidden, head * Math.max(...HEAD_HEIGHTS))
  let best: { readonly place: Arrangement['place']; readonly scale: number } | null = null
  let largest = 0
  for (const headHeight of HEAD_HEIGHTS) {
    const layers = [...hidden.map(count => ({ count, height: 1 })), { count: head, height: headHeight }]
    const area = layers.reduce((area, { count, height }) => area + count * height * height, 0)
    for (const arrange of [bands, columns])
      for (let capacity = 1; capacity <= most; capacity++) {
        const { place, captions } = arrange(layers, aspect, capacity, options)
        const { width, height } = place(0)
        // Captions are as high as they are, whatever the scale.
        const room = Math.max(box.height - captions * options.captionHeight, box.height / 4)
        const scale = Math.min(box.width / width, room / height)
        const covered = area * scale * scale
        if (covered <= largest) continue
        best = { place, scale }
        largest = covered
      }
  }
  const { place, scale } = best as NonNullable<typeof best>
  return place(options.captionHeight / scale)
}

/** Layers and their captions of some height, placed; and how many captions stand above each other. */
interface Arrangement {
  readonly place: (captionHeight: number) => NeuronLayout
  readonly captions: number
}

/** Layers beneath each other, in lines of at most `capacity` hidden units. */
function bands(
  layers: readonly NeuronLayer[],
  aspect: number,
  capacity: number,
  { gap, layerGap }: NeuronOptions,
): Arrangement {
  const width = layers.reduce((width, { height }) => Math.max(width, height * aspect), capacity * (aspect + gap) - gap)
  const place = (captionHeight: number): NeuronLayout => {
    const captions: Rect[] = []
    let y = 0
    const placed = layers.map(({ count, height }, i) => {
      if (i > 0) y += layerGap
      captions.push({ x: 0, y, width, height: captionHeight })
      y += captionHeight
      const perLine = evenly(count, Math.floor((width + gap + 1e-9) / (height * aspect + gap)))
      const rects = Array.from({ length: count }, (_, unit) => ({
        x: (unit % perLine) * (height * aspect + gap),
        y: y + Math.floor(unit / perLine) * (height + gap),
        width: height * aspect,
        height,
      }))
      y += Math.ceil(count / perLine) * (height + gap) - gap
      return rects
    })
    // Lines are as equal as they can be, so that none may be full.
    const used = Math.max(...placed.flat().map(rect => rect.x + rect.width))
    const fitted = captions.map(caption => ({ ...caption, width: used }))
    return { arrangement: 'bands', layers: placed, captions: fitted, width: used, height: y }
  }
  return { place, captions: layers.length }
}

/** Layers side by side, in lines downwards of at most `capacity` hidden units. */
function columns(
  layers: readonly NeuronLayer[],
  aspect: number,
  capacity: number,
  { gap, layerGap }: NeuronOptions,
): Arrangement {
  const rise = layers.reduce((rise, { height }) => Math.max(rise, height), capacity * (1 + gap) - gap)
  const place = (captionHeight: number): NeuronLayout => {
    const captions: Rect[] = []
    let x = 0
    const placed = layers.map(({ count, height }, i) => {
      if (i > 0) x += layerGap
      const perLine = evenly(count, Math.floor((rise + gap + 1e-9) / (height + gap)))
      const left = x
      const rects = Array.from({ length: count }, (_, unit) => ({
        x: left + Math.floor(unit / perLine) * (height * aspect + gap),
        y: captionHeight + (unit % perLine) * (height + gap),
        width: height * aspect,
        height,
      }))
      x += Math.ceil(count / perLine) * (height * aspect + gap) - gap
      captions.push({ x: left, y: 0, width: x - left, height: captionHeight })
      return rects
    })
    const height = Math.max(...placed.flat().map(rect => rect.y + rect.height))
    return { arrangement: 'columns', layers: placed, captions, width: x, height }
  }
  return { place, captions: 1 }
}

/** How many of `count` stand in each line, where at most `capacity` can: lines as equal as they can be. */
function evenly(count: number, capacity: number): number {
  return Math.ceil(count / Math.ceil(count / Math.max(1, capacity)))
}

/** What moving aside costs, against moving on. */
const ASIDE_COST = 3

/**
 * The rectangle that an arrow key leads to: the nearest one that lies in that direction, what lies straight ahead before what
 * lies aside. Where there is none it is the same again.
 * @param rects in any order, none overlapping
 */
export function nearestTowards(rects: readonly Rect[], index: number, direction: Direction): number {
  const from = rects[index]
  const isAcross = direction === 'left' || direction === 'right'
  const sign = direction === 'left' || direction === 'up' ? -1 : 1
  let best = index
  let least = Number.POSITIVE_INFINITY
  rects.forEach((rect, i) => {
    const dx = rect.x + rect.width / 2 - from.x - from.width / 2
    const dy = rect.y + rect.height / 2 - from.y - from.height / 2
    // Only what begins beyond the middle counts as lying there: a larger picture may begin beside this one.
    const [ahead, aside] = isAcross ? [dx * sign, Math.abs(dy)] : [dy * sign, Math.abs(dx)]
    const reach = isAcross ? Math.min(from.width, rect.width) / 2 : Math.min(from.height, rect.height) / 2
    if (i === index || ahead < reach) return
    const overlap = isAcross ? (from.height + rect.height) / 2 : (from.width + rect.width) / 2
    const cost = ahead + ASIDE_COST * Math.max(0, aside - overlap * 0.5) + aside * 1e-3
    if (cost < least) [best, least] = [i, cost]
  })
  return best
}
