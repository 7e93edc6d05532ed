// The coherent picture: most of a flag is flat or smooth, so a quarter of its pixels are evaluated and the others put in
// between, by the biquadratics of a quadtree's blocks. It goes level by level, so that evaluations come in batches. A rare miss
// is possible next to spikes that no node sees: the exact picture of ColourDrawer is what stays.

import { INPUT_DIM, OUTPUT_DIM } from '../model/architecture.js'
import { sampleOffsets } from '../model/samples.js'
import { fillBlock, pixelOf } from './biquadratic.js'
import { densityOf, STILL_TOLERANCE } from './density.js'
import type { PointEvaluator } from './point-evaluator.js'
import { type Extent, LARGEST_BLOCK, Quadtree, SMALLEST_BLOCK } from './quadtree.js'
import { centreOf, coloursOf, type DrawnRegion, evaluateRegion, offsetsOfChosen, type Region } from './region.js'

/** Pixels an edge of what is drawn at once: its lattice stays in the second-level cache. */
const PATCH = 256
/** Nodes a row of the lattice: a patch, the ring around it, and the last block's far corner. */
const ACROSS = PATCH + 2 * LARGEST_BLOCK + 1
const NODES = ACROSS * ACROSS

export class CoherentDrawer {
  readonly #lattice = new Float32Array(NODES * OUTPUT_DIM)
  readonly #isKnown = new Uint8Array(NODES)
  readonly #chosen = new Int32Array(NODES)
  readonly #tree: Quadtree
  #patch: Patch | null = null
  #inputs = new Float32Array()
  #values = new Float32Array()
  #colours = new Float32Array()
  #evaluations = 0

  constructor(readonly evaluator: PointEvaluator) {
    this.#tree = new Quadtree(this.#lattice, ACROSS, (blocks, spacing, count) => this.#evaluate(blocks, spacing, count))
  }

  /**
   * Draws a region of whole pixels.
   * @param region its `step` is 1
   */
  draw(region: Region): DrawnRegion {
    const { blocks, samples } = region
    this.#evaluations = 0
    this.evaluator.setCentre(...centreOf(region))
    const rgba = new Uint8ClampedArray(blocks.width * blocks.height * 4)
    const pixels = new Uint32Array(rgba.buffer)
    if (samples === 1) this.#drawOnce(pixels, region, 0, 0)
    else {
      const sum = new Uint16Array(rgba.length)
      const offsets = sampleOffsets(samples)
      for (let s = 0; s < samples; s++) {
        this.#drawOnce(pixels, region, offsets[2 * s], offsets[2 * s + 1])
        for (let i = 0; i < sum.length; i++) sum[i] += rgba[i]
      }
      for (let i = 0; i < sum.length; i++) rgba[i] = sum[i] / samples
    }
    return { rgba, evaluations: this.#evaluations }
  }

  #drawOnce(pixels: Uint32Array, region: Region, offsetX: number, offsetY: number): void {
    const { width, height } = region.blocks
    const root = rootBlock(region)
    for (let y = 0; y < height; y += PATCH)
      for (let x = 0; x < width; x += PATCH) {
        const blocks = { x: region.blocks.x + x - root, y: region.blocks.y + y - root, width: ACROSS, height: ACROSS }
        this.#drawPatch({
          pixels,
          at: y * width + x,
          stride: width,
          width: Math.min(PATCH, width - x),
          height: Math.min(PATCH, height - y),
          root,
          tolerance: region.tolerance ?? STILL_TOLERANCE,
          nodes: { ...region, blocks },
          offsetX,
          offsetY,
        })
      }
  }

  #drawPatch(patch: Patch): void {
    const { pixels, at, stride, width, height, root } = patch
    const tree = this.#tree
    this.#patch = patch
    this.#isKnown.fill(0)
    tree.grow(patch)
    this.#evaluate(tree.pixelwise, 1, SMALLEST_BLOCK)
    const columnOf = (node: number) => (node % ACROSS) - root
    const rowOf = (node: number) => Math.floor(node / ACROSS) - root
    tree.forEachFilled((node, size) => {
      const [x, y] = [columnOf(node), rowOf(node)]
      const [columns, rows] = [Math.min(size, width - x), Math.min(size, height - y)]
      fillBlock(pixels, at + y * stride + x, stride, columns, rows, this.#lattice, ACROSS, node, size / 2)
    })
    for (const node of tree.pixelwise) {
      const [x, y] = [columnOf(node), rowOf(node)]
      for (let row = 0; row < SMALLEST_BLOCK && y + row < height; row++)
        for (let column = 0; column < SMALLEST_BLOCK && x + column < width; column++)
          pixels[at + (y + row) * stride + x + column] = pixelOf(this.#lattice, node + row * ACROSS + column)
    }
  }

  /**
   * Evaluates the nodes of blocks that are not known yet.
   * @param spacing pixels from one node of a block to the next
   * @param count nodes of a block along an edge
   */
  #evaluate(blocks: readonly number[], spacing: number, count: number): void {
    const { nodes, offsetX, offsetY } = this.#patch as Patch
    const isKnown = this.#isKnown
    let wanted = 0
    for (const block of blocks)
      for (let row = 0; row < count; row++)
        for (let column = 0; column < count; column++) {
          const node = block + spacing * (row * ACROSS + column)
          if (isKnown[node]) continue
          isKnown[node] = 1
          this.#chosen[wanted++] = node
        }
    if (wanted === 0) return
    this.#evaluations += wanted
    if (this.#colours.length < wanted * OUTPUT_DIM) {
      this.#inputs = new Float32Array(wanted * INPUT_DIM)
      this.#values = new Float32Array(wanted)
      this.#colours = new Float32Array(wanted * OUTPUT_DIM)
    }
    const chosen = this.#chosen.subarray(0, wanted)
    const inputs = offsetsOfChosen(this.#inputs.subarray(0, wanted * INPUT_DIM), nodes, chosen, offsetX, offsetY)
    const colours = this.#colours.subarray(0, wanted * OUTPUT_DIM)
    const values = nodes.tap ? this.#values.subarray(0, wanted) : colours
    coloursOf(colours, evaluateRegion(this.evaluator, values, nodes, inputs), nodes)
    const lattice = this.#lattice
    for (let i = 0, from = 0; i < wanted; i++)
      for (let to = chosen[i] * OUTPUT_DIM, end = to + OUTPUT_DIM; to < end; to++, from++)
        lattice[to] = 255 * colours[from]
  }
}

/** What is drawn at once, with the ring of blocks around it. */
interface Patch extends Extent {
  readonly pixels: Uint32Array
  /** Its first pixel there, and the pixels of a row. */
  readonly at: number
  readonly stride: number
  /** Its lattice as a region; its first node is that of the ring's first block. */
  readonly nodes: Region
  /** From a pixel's centre to where it is evaluated, pixels. */
  readonly offsetX: number
  readonly offsetY: number
}

/** Pixels an edge of the largest blocks: what a net draws is as fine as ever, and the more pixels wide the nearer one looks. */
function rootBlock({ frame, sampling }: Region): Extent['root'] {
  const density = densityOf(frame, sampling)
  if (density > 32_000) return 64
  if (density > 8_000) return 32
  return density > 1_024 ? 16 : 8
}
