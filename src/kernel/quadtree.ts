// Which blocks of a patch are put in between their nodes, and which pixels are evaluated. Blocks are looked at from the
// largest to 4 x 4, each at nine nodes that neighbours and quarters share:
//
//   o---o---o    It passes when the middles are what the corners say, and one more pixel (a probe) is what all nine say. Those
//   |   |   |    of neighbours along a row or a column lie in turn in all rows and columns without nodes, so that no long
//   o---o---o    hairline passes between.
//   |   |   |
//   o---o---o    It is put in between when it passes, and so do its eight neighbours of the same size.
//
// What contains a block that fails has failed itself, though it had passed: its neighbours are looked at more closely, too. So
// what was seen at one place, a hairline for instance, is followed to its ends.

import { biquadraticAt, isBilinear } from './biquadratic.js'

export const SMALLEST_BLOCK = 4
export const LARGEST_BLOCK = 64
const PRESENT = 1
const FAILED = 2
const SPLIT = 4

/** All blocks of one size that are looked at, by their first node. */
interface Layer {
  readonly size: number
  /** By block, a frame of empty ones around them. */
  readonly marks: Uint8Array
  readonly marksAcross: number
  readonly blocks: number[]
  /** Those that are to be looked at. */
  fresh: number[]
}

/** What is drawn: nodes from (root, root) on; around it lies a ring of blocks that are only looked at. */
export interface Extent {
  readonly width: number
  readonly height: number
  /** Pixels an edge of the largest blocks. */
  readonly root: 8 | 16 | 32 | 64
  /** How far a block may be from the bilinear of its corners, or a probe from the biquadratic, in levels. */
  readonly tolerance: number
}

export class Quadtree {
  #layers: Layer[] = []
  #extent: Extent = { width: 0, height: 0, root: LARGEST_BLOCK, tolerance: 0 }
  /** Blocks of 4 x 4 whose pixels are all evaluated. */
  readonly pixelwise: number[] = []

  /**
   * @param lattice [nodes, 3] levels from 0 to 255; `across` nodes a row
   * @param evaluate makes the nodes known that are so many: the first `count` nodes of blocks, `spacing` apart along both axes
   */
  constructor(
    private readonly lattice: Float32Array,
    private readonly across: number,
    private readonly evaluate: (blocks: readonly number[], spacing: number, count: number) => void,
  ) {}

  /** Looks at all blocks of an extent. */
  grow(extent: Extent): void {
    const { width, height, root } = extent
    this.#extent = extent
    this.pixelwise.length = 0
    this.#layers = []
    for (let size = root; size >= SMALLEST_BLOCK; size /= 2) {
      const marksAcross = Math.ceil(this.across / size) + 2
      this.#layers.push({ size, marks: new Uint8Array(marksAcross ** 2), marksAcross, blocks: [], fresh: [] })
    }
    for (let y = 0; y < height + 2 * root; y += root)
      for (let x = 0; x < width + 2 * root; x += root) this.#layers[0].fresh.push(y * this.across + x)
    for (let index = 0; index >= 0; index = this.#layers.findIndex(({ fresh }) => fresh.length > 0)) this.#look(index)
  }

  /** Lists the blocks that are put in between. @param take given a block's first node and its size */
  forEachFilled(take: (node: number, size: number) => void): void {
    for (const layer of this.#layers)
      for (const node of layer.blocks)
        if (!(layer.marks[this.#markOf(layer, node)] & SPLIT) && this.#isInside(node)) take(node, layer.size)
  }

  /** Looks at the fresh blocks of a layer. */
  #look(index: number): void {
    const layer = this.#layers[index]
    const { size, fresh, marks } = layer
    const half = size / 2
    layer.fresh = []
    this.evaluate(fresh, half, 3)
    const failed: number[] = []
    const passed: number[] = []
    for (const node of fresh) {
      marks[this.#markOf(layer, node)] |= PRESENT
      layer.blocks.push(node)
      const isPassing = isBilinear(this.lattice, this.across, node, half, this.#extent.tolerance)
      if (!isPassing) failed.push(node)
      else if (this.#isInside(node)) passed.push(node)
    }
    const probes = passed.map(node => node + this.#probeOf(node, size))
    this.evaluate(probes, 1, 1)
    passed.forEach((node, i) => {
      if (!this.#isAsExpected(node, half, probes[i])) failed.push(node)
    })
    for (const node of failed) this.#fail(index, node)
    // Whose neighbours failed before.
    for (const node of fresh) if (this.#hasFailedNeighbour(layer, node)) this.#split(index, node)
  }

  /** A block has failed, and so has all that contains it: their neighbours are split. */
  #fail(index: number, node: number): void {
    const layer = this.#layers[index]
    const { size, marks } = layer
    const mark = this.#markOf(layer, node)
    if (marks[mark] & FAILED) return
    marks[mark] |= FAILED
    for (let row = -1; row <= 1; row++)
      for (let column = -1; column <= 1; column++)
        if (marks[mark + row * layer.marksAcross + column] & PRESENT)
          this.#split(index, node + size * (row * this.across + column))
    if (index > 0) this.#fail(index - 1, this.#parentOf(node, 2 * size))
  }

  #split(index: number, node: number): void {
    const layer = this.#layers[index]
    const mark = this.#markOf(layer, node)
    if (layer.marks[mark] & SPLIT || !this.#isInside(node)) return
    layer.marks[mark] |= SPLIT
    if (layer.size === SMALLEST_BLOCK) {
      this.pixelwise.push(node)
      return
    }
    const half = layer.size / 2
    for (const quarter of [node, node + half, node + half * this.across, node + half * this.across + half])
      if (this.#isInside(quarter)) this.#layers[index + 1].fresh.push(quarter)
  }

  #hasFailedNeighbour(layer: Layer, node: number): boolean {
    const { marks, marksAcross } = layer
    const mark = this.#markOf(layer, node)
    for (let at = mark - marksAcross; at <= mark + marksAcross; at += marksAcross)
      if ((marks[at - 1] | marks[at] | marks[at + 1]) & FAILED) return true
    return false
  }

  /** Whether a block has pixels that are drawn. */
  #isInside(node: number): boolean {
    const { width, height, root } = this.#extent
    const x = (node % this.across) - root
    const y = Math.floor(node / this.across) - root
    return x >= 0 && y >= 0 && x < width && y < height
  }

  #markOf({ size, marksAcross }: Layer, node: number): number {
    return (Math.floor(node / this.across / size) + 1) * marksAcross + Math.floor((node % this.across) / size) + 1
  }

  #parentOf(node: number, size: number): number {
    const x = node % this.across
    const y = Math.floor(node / this.across)
    return (y - (y % size)) * this.across + x - (x % size)
  }

  /** From a block's first node to its probe. */
  #probeOf(node: number, size: number): number {
    const column = (node % this.across) / size
    const row = Math.floor(node / this.across) / size
    // Of size - 2 rows without nodes; 11 and 13 have no divisor in common with any such number.
    const between = (count: number) => 1 + (count % (size - 2)) + (count % (size - 2) >= size / 2 - 1 ? 1 : 0)
    return between(11 * column + 13 * row) * this.across + between(11 * row + 13 * column)
  }

  #isAsExpected(node: number, half: number, probe: number): boolean {
    const x = (probe % this.across) - (node % this.across)
    const y = Math.floor(probe / this.across) - Math.floor(node / this.across)
    for (let channel = 0; channel < 3; channel++) {
      const expected = biquadraticAt(this.lattice, this.across, node, half, channel, x / half, y / half)
      // Written so that NaN is not.
      if (!(Math.abs(this.lattice[3 * probe + channel] - expected) <= this.#extent.tolerance)) return false
    }
    return true
  }
}
