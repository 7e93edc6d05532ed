// The navigator: gestures, flights and views as one camera in time, without a browser.

import { describe, expect, test, vi } from 'vitest'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import type { Item } from '../../src/world/item.js'
import { Navigator, type Sight } from '../../src/world/navigator.js'

const VIEWPORT = { width: 600, height: 400 }
const FRAME = { ...DEFAULT_FRAME, aspect: 1.5 }
const WHOLE = { x: 0, y: 0, zoom: 1 }

function itemAt(x: number, y: number): Item {
  const rect = { x, y, width: 1.5, height: 1 }
  return { network: 1, tap: null, tone: null, frame: FRAME, rect, cost: 1, unbounded: true }
}

function navigatorWith(sight: Partial<Sight> = {}) {
  const seen: Sight = { item: itemAt(0, 0), isAlone: true, wholeScale: null, ...sight }
  const onMove = vi.fn()
  const navigator = new Navigator(() => seen, onMove)
  navigator.resize(VIEWPORT)
  return { navigator, onMove, seen }
}

/** Steps 60 times a second until nothing moves; milliseconds. */
function rest(navigator: Navigator, fromMs = 1000): number {
  let nowMs = fromMs
  for (let i = 0; i < 1000 && !navigator.isAtRest; i++, nowMs += 1000 / 60) navigator.step(nowMs)
  return nowMs - fromMs
}

describe('a view', () => {
  test('is where it was asked for, to the last digit, until the camera moves', () => {
    const { navigator } = navigatorWith()
    const view = { x: 0.1 + 0.2, y: -1 / 3, zoom: 7.7 }
    navigator.setView(view)
    expect(navigator.view).toEqual(view)
    expect(navigator.isAsAsked).toBe(true)
    navigator.move({ ...navigator.camera, x: navigator.camera.x + 0.1 })
    expect(navigator.isAsAsked).toBe(false)
    expect(navigator.view?.zoom).toBeCloseTo(7.7, 12)
  })

  test('that is not finite is not taken, and one beyond the limits goes as far as they are', () => {
    const { navigator } = navigatorWith()
    navigator.setView({ x: 0, y: 0, zoom: 2 })
    navigator.setView({ x: Number.NaN, y: 0, zoom: 1 })
    expect(navigator.view?.zoom).toBe(2)
    navigator.setView({ x: 1e300, y: 0, zoom: 1e300 })
    expect(navigator.view).toEqual({ x: 1e12, y: 0, zoom: 1e9 })
  })

  test('of a flag that is seen alone stays the same in another viewport; that of a place is its own business', () => {
    const { navigator } = navigatorWith()
    navigator.setView({ x: 0.3, y: 0.2, zoom: 4 })
    navigator.resize({ width: 300, height: 900 })
    expect(navigator.view).toEqual({ x: 0.3, y: 0.2, zoom: 4 })
    const world = navigatorWith({ isAlone: false })
    world.navigator.move({ x: 1, y: 2, scale: 50 })
    world.navigator.resize({ width: 300, height: 900 })
    expect(world.navigator.camera).toEqual({ x: 1, y: 2, scale: 50 })
  })

  test('that was asked for before there was a viewport is there once it has a size', () => {
    const navigator = new Navigator(
      () => ({ item: itemAt(0, 0), isAlone: true, wholeScale: null }),
      () => {},
    )
    navigator.setView({ x: 0.5, y: 0, zoom: 3 })
    navigator.resize(VIEWPORT)
    expect(navigator.view).toEqual({ x: 0.5, y: 0, zoom: 3 })
    // Half of the frame's half width to the right of the middle of an item 1.5 wide.
    expect(navigator.camera.x).toBeCloseTo(0.75 + 0.375, 12)
    expect(navigator.camera.scale).toBeCloseTo(3 * 400, 9)
  })
})

describe('a flight', () => {
  const TARGET = { x: 20, y: -7, scale: 300 }

  test('arrives exactly, within the time that flights may take, and is over by then', async () => {
    const { navigator, onMove } = navigatorWith({ isAlone: false })
    navigator.setView(WHOLE)
    const arrival = navigator.fly(TARGET)
    expect(navigator.isFlying).toBe(true)
    const tookMs = rest(navigator)
    expect(navigator.camera).toEqual(TARGET)
    expect(navigator.isFlying).toBe(false)
    expect(await arrival).toBe(true)
    expect(tookMs).toBeGreaterThan(240)
    expect(tookMs).toBeLessThan(1650)
    expect(onMove).toHaveBeenCalled()
  })

  test('ends where it is when anything else moves the camera, but not for a finger that only rests', async () => {
    const { navigator } = navigatorWith({ isAlone: false })
    navigator.setView(WHOLE)
    const arrival = navigator.fly(TARGET)
    for (let i = 0; i < 10; i++) navigator.step(1000 + i * 16)
    navigator.move(navigator.camera)
    expect(navigator.isFlying).toBe(true)
    const there = { ...navigator.camera, x: navigator.camera.x + 1 }
    navigator.move(there)
    expect(navigator.isFlying).toBe(false)
    expect(await arrival).toBe(false)
    rest(navigator)
    expect(navigator.camera).toEqual(there)
  })

  test('gives way to another one, and takes no time where no motion is wanted', async () => {
    const { navigator } = navigatorWith({ isAlone: false })
    navigator.setView(WHOLE)
    const first = navigator.fly(TARGET)
    const second = navigator.fly({ ...TARGET, x: -20 })
    rest(navigator)
    expect([await first, await second]).toEqual([false, true])
    navigator.isInstant = true
    expect(await navigator.fly(TARGET)).toBe(true)
    expect(navigator.camera).toEqual(TARGET)
  })
})

describe('a glide', () => {
  test('comes to rest, and stops at the limits of what is seen', () => {
    const { navigator } = navigatorWith()
    navigator.setView(WHOLE)
    navigator.move(navigator.camera, { panX: 0, panY: 0, logZoom: 100, anchor: [0, 0] })
    rest(navigator)
    expect(navigator.isAtRest).toBe(true)
    expect(navigator.view?.zoom).toBeCloseTo(1e9, -3)
    navigator.move(navigator.camera, { panX: 0, panY: 0, logZoom: -100, anchor: [0, 0] })
    rest(navigator)
    expect(navigator.view?.zoom).toBeCloseTo(0.02, 9)
  })

  test('in a place goes out to half of what shows all of it', () => {
    const { navigator } = navigatorWith({ isAlone: false, wholeScale: 40 })
    navigator.move({ x: 0, y: 0, scale: 400 }, { panX: 0, panY: 0, logZoom: -100, anchor: [0, 0] })
    rest(navigator)
    expect(navigator.camera.scale).toBeCloseTo(20, 9)
  })

  test('moves a flag no further in a frame that came late than in one of fifty milliseconds', () => {
    const moved = [50, 5000].map(lateMs => {
      const { navigator } = navigatorWith()
      navigator.setView(WHOLE)
      navigator.step(1000)
      navigator.move(navigator.camera, { panX: 100, panY: 0, logZoom: 0, anchor: [0, 0] })
      navigator.step(1000 + lateMs)
      return navigator.camera.x
    })
    expect(moved[1]).toBe(moved[0])
  })
})

test('what is not finite never becomes the camera', () => {
  const { navigator } = navigatorWith()
  navigator.setView(WHOLE)
  const before = navigator.camera
  navigator.move({ x: Number.NaN, y: 0, scale: 1 })
  navigator.move({ x: 0, y: 0, scale: 0 })
  navigator.move({ x: 0, y: Number.POSITIVE_INFINITY, scale: 1 })
  expect(navigator.camera).toEqual(before)
})

test('what takes the place of another thing under the same camera has the view that the camera has of it', () => {
  const { navigator, seen } = navigatorWith()
  navigator.setView({ x: 0.4, y: 0, zoom: 2 })
  Object.assign(seen, { item: itemAt(1.5, 0) })
  navigator.adoptCamera()
  expect(navigator.isAsAsked).toBe(false)
  // The item hangs its own width, two plane units, further to the right.
  expect(navigator.view?.x).toBeCloseTo(0.4 - 2, 12)
})
