// Numbers as people read them: no exponents, no zero that is less than zero, no "1 networks".

import { expect, test } from 'vitest'
import { coordinateText, counted, pointText, valueText, zoomText } from '../../src/app/figures.js'
import { compareRenderers, type Contestant } from '../../src/draw/compare-renderers.js'
import type { Scene } from '../../src/world/scheduler.js'

test('one is one, and more are more', () => {
  expect([0, 1, 2, 6675].map(count => counted(count, 'network'))).toEqual([
    '0 networks',
    '1 network',
    '2 networks',
    '6,675 networks',
  ])
  expect([1, 12].map(count => counted(count, 'metadata entry', 'metadata entries'))).toEqual([
    '1 metadata entry',
    '12 metadata entries',
  ])
})

test('what rounding left of a zero is zero, without a sign', () => {
  expect([-2.22e-16, -0, 0, 1e-13, -0.277].map(pointText)).toEqual(['0', '0', '0', '0', '-0.277'])
  expect([-0.0004, 0.0004, -0.0006, -1].map(value => coordinateText(value, 1e-3))).toEqual([
    '0.000',
    '0.000',
    '-0.001',
    '-1.000',
  ])
  expect(valueText(null)).toBe('–')
})

test('a zoom is told in words where it is a long number', () => {
  expect([0.05, 1, 37.5, 1204, 1.25e6, 2e9].map(zoomText)).toEqual([
    '0.05×',
    '1.00×',
    '37.5×',
    '1,204×',
    '1.25 million×',
    '2.00 billion×',
  ])
})

test('how many times as fast a renderer is, is told without an exponent', async () => {
  const item = { cost: 1 }
  const scene = { items: [item], viewport: { width: 64, height: 64 } } as unknown as Scene
  /** Takes so long for a tile. */
  const contestant = (ms: number) =>
    ({ renderer: { time: async (tiles: readonly unknown[]) => ms * tiles.length }, scene }) as unknown as Contestant
  const compared = await compareRenderers(contestant(20), contestant(4000), () => true, 'software WebGL')
  expect(compared).toEqual({
    isOtherFaster: false,
    note: 'drawn by the CPU, 200 times as fast as the software WebGL here',
  })
})
