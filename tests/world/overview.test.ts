// Cameras onto what hangs in a world.

import { expect, test } from 'vitest'
import { cameraOnto, nearestTo, overview } from '../../src/world/overview.js'

const VIEWPORT = { width: 800, height: 400 }

test('a rectangle is shown whole, as large as it fits, in the middle', () => {
  expect(cameraOnto({ x: 2, y: 3, width: 4, height: 1 }, VIEWPORT)).toEqual({ x: 4, y: 3.5, scale: 200 })
  expect(cameraOnto({ x: 2, y: 3, width: 1, height: 4 }, VIEWPORT, 0.5)).toEqual({ x: 2.5, y: 5, scale: 50 })
})

test('all is fitted into the room there is, in the middle', () => {
  const whole = { x: -1, y: -1, width: 10, height: 4 }
  const camera = overview(whole, VIEWPORT)
  expect(camera.scale).toBe(80)
  const [left, right] = [whole.x, whole.x + whole.width].map(x => (x - camera.x) * camera.scale + VIEWPORT.width / 2)
  expect([left, right]).toEqual([0, 800])
})

test('before the viewport has a size there is a camera all the same', () => {
  expect(overview({ x: 0, y: 0, width: 1, height: 1 }, { width: 0, height: 0 })).toEqual({
    x: 0.5,
    y: 0.5,
    scale: 1,
  })
})

test('what is under the point is nearest, then what its edge is nearest to, the first of equals', () => {
  const at = (x: number, y: number, width = 1) => ({ rect: { x, y, width, height: 1 } })
  const hung = [at(0, 0), at(2, 0), at(4, 0, 3), at(0, 5)]
  expect(nearestTo(hung, { x: 2.5, y: 0.5 })).toBe(hung[1])
  expect(nearestTo(hung, { x: 3.8, y: 0.5 })).toBe(hung[2])
  expect(nearestTo(hung, { x: 1.5, y: 0.5 })).toBe(hung[0])
  expect(nearestTo(hung, { x: -3, y: 9 })).toBe(hung[3])
  expect(nearestTo([], { x: 0, y: 0 })).toBeNull()
})
