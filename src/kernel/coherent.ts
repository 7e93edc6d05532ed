// The coherent picture: most of a flag is flat or smooth, so a quarter of its pixels are evaluated and the others put in
// between. A quadtree: a block is accepted when its centre and the middles of its edges are what its corners say, within half
// a level, and so is each of its eight neighbours of the same size; then it is filled with the biquadratic of its nine nodes.
// Else its four quarters are looked at, and of what fails at 4 x 4 every pixel is evaluated. It goes level by level, so that
// evaluations come in batches. A rare miss is possible, next to spikes and hairlines that no node sees: the exact picture of
// ColourDrawer is what stays.
//
// The neighbours are what makes it safe: a spike that ends inside a block is betrayed by the block beside it. So around the
// region one more ring of the largest blocks is tested, and never filled.

import { INPUT_DIM, OUTPUT_DIM } from '../model/architecture.js'
import { sampleOffsets } from '../model/samples.js'
import { fillBlock, isBilinear, pixelOf } from './biquadratic.js'
import { densityOf } from './density.js'
import type { Evaluator } from './evaluator.js'
import { centreOf, coloursOf, type DrawnRegion, evaluateRegion, offsetsOfChosen, type Region } from './region.js'

/** How far a block may be from the bilinear of its corners, in levels. */
const TOLERANCE = 0.5
const SMALLEST_BLOCK = 4
const LARGEST_BLOCK = 64
/** Pixels an edge of what is drawn at once: its lattice stays in the second-level cache. */
const PATCH = 256
/** Nodes a row of the lattice: a patch, the ring around it, and the last block's far corner. */
const ACROSS = PATCH + 2 * LARGEST_BLOCK + 1
const NODES = ACROSS * ACROSS
/** Blocks a row of the marks, a frame of unmarked ones around them. */
const MARKS_ACROSS = Math.ceil(ACROSS / SMALLEST_BLOCK) + 2

const FAILED = 1

export class CoherentDrawer {
  readonly #lattice = new Float32Array(NODES * OUTPUT_DIM)
  readonly #isKnown = new Uint8Array(NODES)
  readonly #chosen = new Int32Array(NODES)
  readonly #marks = new Uint8Array(MARKS_ACROSS * MARKS_ACROSS)
  #inputs = new Float32Array()
  #values = new Float32Array()
  #colours = new Float32Array()
  #evaluations = 0

  constructor(readonly evaluator: Evaluator) {}

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
          nodes: { ...region, blocks },
          offsetX,
          offsetY,
        })
      }
  }

  #drawPatch(patch: Patch): void {
    const { pixels, at, stride, width, height, root } = patch
    this.#isKnown.fill(0)
    const marks = this.#marks
    let active = rootBlocks(patch)
    for (let size = root; size >= SMALLEST_BLOCK; size /= 2) {
      const half = size / 2
      this.#evaluate(patch, active, half, 3)
      marks.fill(0)
      for (const node of active)
        if (!isBilinear(this.#lattice, ACROSS, node, half, TOLERANCE)) marks[markOf(node, size)] = FAILED
      const failed: number[] = []
      for (const node of active) {
        const x = (node % ACROSS) - root
        const y = Math.floor(node / ACROSS) - root
        if (x < 0 || y < 0 || x >= width || y >= height) continue
        if (hasFailure(marks, markOf(node, size))) failed.push(node)
        else {
          const to = at + y * stride + x
          fillBlock(
            pixels,
            to,
            stride,
            Math.min(size, width - x),
            Math.min(size, height - y),
            this.#lattice,
            ACROSS,
            node,
            half,
          )
        }
      }
      active = size > SMALLEST_BLOCK ? quarters(failed, half) : failed
    }
    this.#evaluate(patch, active, 1, SMALLEST_BLOCK)
    for (const node of active) {
      const x = (node % ACROSS) - root
      const y = Math.floor(node / ACROSS) - root
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
  #evaluate({ nodes, offsetX, offsetY }: Patch, blocks: readonly number[], spacing: number, count: number): void {
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
interface Patch {
  readonly pixels: Uint32Array
  /** Its first pixel there, and the pixels of a row. */
  readonly at: number
  readonly stride: number
  readonly width: number
  readonly height: number
  /** Pixels an edge of the largest blocks. */
  readonly root: number
  /** Its lattice as a region; its first node is that of the ring's first block. */
  readonly nodes: Region
  /** From a pixel's centre to where it is evaluated, pixels. */
  readonly offsetX: number
  readonly offsetY: number
}

/** The first nodes of a patch's largest blocks, those of the ring around it among them. */
function rootBlocks({ width, height, root }: Patch): number[] {
  const blocks: number[] = []
  for (let y = 0; y < height + 2 * root; y += root)
    for (let x = 0; x < width + 2 * root; x += root) blocks.push(y * ACROSS + x)
  return blocks
}

/** The first nodes of all quarters of blocks. */
function quarters(blocks: readonly number[], half: number): number[] {
  return blocks.flatMap(node => [node, node + half, node + half * ACROSS, node + half * ACROSS + half])
}

function markOf(node: number, size: number): number {
  return (Math.floor(node / ACROSS / size) + 1) * MARKS_ACROSS + Math.floor((node % ACROSS) / size) + 1
}

/** Whether a block or one of its eight neighbours has failed. */
function hasFailure(marks: Uint8Array, mark: number): boolean {
  for (let row = mark - MARKS_ACROSS; row <= mark + MARKS_ACROSS; row += MARKS_ACROSS)
    if (marks[row - 1] | marks[row] | marks[row + 1]) return true
  return false
}

/** Pixels an edge of the largest blocks: what a net draws is as fine as ever, and more pixels wide the nearer one looks. */
function rootBlock({ frame, sampling }: Region): number {
  const density = densityOf(frame, sampling)
  if (density > 32_000) return 64
  return density > 8_000 ? 32 : 16
}
