// What a net's outputs mean where the picture is not known: colours in [0, 1] unless they stand still elsewhere.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseManifest } from '../../src/train/gallery/manifest.js'
import { likelyOutputs } from '../../src/solve/outputs.js'
import { createSquareDrawer, type RawSquare } from '../../src/solve/square.js'
import { networkOf } from './mysteries.js'
import { isFull } from '../is-full.js'

const SIZE = 96
const FLAGS = join(process.cwd(), 'public/flags')

/** A square of what a function gives at (u, v) in [0, 1]^2. */
function squareOf(raw: (u: number, v: number) => readonly number[]): RawSquare {
  const values = new Float32Array(SIZE * SIZE * 3)
  for (let i = 0; i < SIZE * SIZE; i++)
    values.set(raw(((i % SIZE) + 0.5) / SIZE, (Math.floor(i / SIZE) + 0.5) / SIZE), 3 * i)
  return { size: SIZE, values }
}

/** Six stripes, their edges as soft as a net's. */
const STRIPES = [
  [0.9, 0.2, 0.1],
  [0.15, 0.3, 0.6],
  [0.8, 0.75, 0.3],
  [0.1, 0.1, 0.12],
  [0.35, 0.6, 0.4],
  [0.95, 0.9, 0.85],
]
function stripesAt(u: number): number[] {
  const share = 1 / (1 + Math.exp(-((((6 * u) % 1) - 0.95) * 80)))
  const [here, next] = [STRIPES[Math.floor(6 * u)], STRIPES[Math.min(5, Math.floor(6 * u) + 1)]]
  return here.map((value, c) => value + (next[c] - value) * share)
}
const logit = (p: number) => Math.log(p / (1 - p))

describe('flat colours', () => {
  test.each([
    ['rgb01', (value: number) => value],
    ['rgb11', (value: number) => 2 * value - 1],
    ['rgb255', (value: number) => 255 * value],
    ['logit', logit],
  ] as const)('as %s are taken for that, and all other conventions are named after it', (output, write) => {
    const outputs = likelyOutputs(squareOf(u => stripesAt(u).map(write)))
    expect(outputs[0]).toBe(output)
    expect([...outputs].sort()).toEqual(['logit', 'rgb01', 'rgb11', 'rgb255'])
  })
})

test('outputs that wander beyond black and white are colours in [0, 1] all the same', () => {
  // Black and white squares and a colour that holds still; what is clamped goes up and down over some units.
  const wander = (u: number, v: number) => 1.2 * Math.sin(7 * u + 2) + 0.9 * Math.sin(9 * v + 4 * u)
  const square = squareOf((u, v) => {
    const isWhite = (Math.floor(4 * u) + Math.floor(3 * v)) % 2 === 0
    return isWhite ? [2.8 + wander(u, v), 2.9 + wander(v, u), 0.4] : [-2.5 + wander(u, v), -2.6 - wander(v, u), 0.4]
  })
  expect(likelyOutputs(square)[0]).toBe('rgb01')
})

test.each([
  ['a grey gradient', (u: number) => [u, u, u]],
  ['one colour', () => [0.2, 0.5, 0.7]],
  ['white that lies somewhere beyond 1', (u: number, v: number) => [1.3 + 0.2 * u, 1.2 + 0.1 * v, 1.5]],
] as const)('%s is of colours in [0, 1]', (_, raw) => {
  expect(likelyOutputs(squareOf(raw))[0]).toBe('rgb01')
})

test('all flags of the wall are colours in [0, 1], though most go far beyond', () => {
  const wall = parseManifest(readFileSync(join(FLAGS, 'flags.json'), 'utf8')).filter((_, i) => isFull || i % 8 === 0)
  const beyond: string[] = []
  const wrong: string[] = []
  for (const { code, file } of wall) {
    const raw = createSquareDrawer(networkOf({ path: join(FLAGS, file) }), SIZE, 1)([-1, 1, -1, 1])
    if (raw.values.some(value => value < -0.5 || value > 1.5)) beyond.push(code)
    if (likelyOutputs(raw)[0] !== 'rgb01') wrong.push(code)
  }
  expect(wrong).toEqual([])
  expect(beyond.length).toBeGreaterThan(wall.length / 2)
})
