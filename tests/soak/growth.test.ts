// The soak's judgement: what grows is named, what goes up and down is not.

import { expect, test } from 'vitest'
import { findGrowth, type Sample } from './growth.js'

/** Twenty minutes of a page that holds what is said. */
function soaked(held: (minute: number) => Partial<Sample>): Sample[] {
  return Array.from({ length: 20 }, (_, i) => ({
    minute: i + 1,
    actions: 20 * i,
    heapMegabytes: 30 + (i % 3),
    nodes: 2000 + 100 * (i % 4),
    listeners: 300,
    workers: 1 + (i % 2),
    textureMegabytes: 21,
    liveObjects: 12 + (i % 5),
    ...held(i + 1),
  }))
}

test('ups and downs are no growth, nor is what a page takes to get warm', () => {
  expect(findGrowth(soaked(() => ({})))).toEqual([])
  expect(findGrowth(soaked(minute => ({ heapMegabytes: 20 + 10 * Math.min(minute, 7) })))).toEqual([])
  expect(findGrowth(soaked(minute => ({ textureMegabytes: minute % 2 ? 21 : 42 })))).toEqual([])
})

test.each([
  ['a page of stills every three minutes', minute => ({ textureMegabytes: 14 + 7 * Math.floor(minute / 3) })],
  ['a worker every five minutes', minute => ({ workers: 1 + Math.floor(minute / 5) })],
  ['a megabyte of heap a minute', minute => ({ heapMegabytes: 30 + minute + (minute % 2) })],
  ['a panel of three hundred nodes a minute', minute => ({ nodes: 2000 + 300 * minute })],
  ['twelve handlers a minute', minute => ({ listeners: 300 + 12 * minute })],
  [
    'a texture and its framebuffer every minute and a half',
    minute => ({ liveObjects: 12 + 2 * Math.floor(minute / 1.5) }),
  ],
] as const satisfies readonly (readonly [string, (minute: number) => Partial<Sample>])[])('%s is growth', (_, held) => {
  const grown = findGrowth(soaked(held))
  expect(grown).toHaveLength(1)
  expect(grown[0]).toMatch(new RegExp(`^${Object.keys(held(1))[0]}: `))
})

test('a few samples show no trend', () => {
  expect(findGrowth(soaked(minute => ({ workers: minute })).slice(0, 5))).toEqual([])
})
