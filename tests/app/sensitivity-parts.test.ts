// What the overlay of sensitivities is made of, without a page: which points stand for what is seen, and which colours.

import { describe, expect, test } from 'vitest'
import { DECADES, largestOf, sensitivityLevels, sequentialColour } from '../../src/app/scrub/sensitivity-colour.js'
import { sameSensitivityView, sensitivityView } from '../../src/app/scrub/sensitivity-view.js'
import { divergingColour } from '../../src/model/diverging.js'
import { DEFAULT_FRAME, type Frame } from '../../src/model/frame.js'
import type { Item } from '../../src/world/item.js'

const FRAME: Frame = { ...DEFAULT_FRAME, x: [-2, 2], y: [1, -1] }

function itemOf(unbounded: boolean): Item {
  const rect = { x: 10, y: 20, width: 4, height: 2 }
  return { network: 0, tap: null, tone: null, frame: FRAME, rect, cost: 1, unbounded }
}

/** Plane coordinates of the outer edges of a grid. */
function edgesOf(view: ReturnType<typeof sensitivityView>): number[] {
  if (!view) return []
  const { sampling, width, height } = view
  const [x, y] = [(width / 2) * sampling.stepX, (height / 2) * sampling.stepY]
  return [sampling.x - x, sampling.x + x, sampling.y - y, sampling.y + y].map(value => Math.round(value * 1e9) / 1e9)
}

describe('the points of a view', () => {
  const viewport = { width: 300, height: 200 }

  test('lie over what is seen of the flag, and nowhere else', () => {
    // The whole flag, 200 x 100 pixels of the viewport.
    const whole = sensitivityView(itemOf(false), { x: 12, y: 21, scale: 50 }, viewport)
    expect(edgesOf(whole)).toEqual([-2, 2, 1, -1])
    // Its right half is outside.
    const half = sensitivityView(itemOf(false), { x: 10, y: 21, scale: 75 }, viewport)
    expect(edgesOf(half)).toEqual([-2, 0, 1, -1])
    // Near: 300 pixels are a tenth of its width.
    const near = sensitivityView(itemOf(false), { x: 12, y: 21, scale: 750 }, viewport)
    expect(edgesOf(near)).toEqual([-0.2, 0.2, 0.133333333, -0.133333333])
    // What the net paints around it is seen, too.
    const around = sensitivityView(itemOf(true), { x: 12, y: 21, scale: 50 }, viewport)
    expect(edgesOf(around)).toEqual([-3, 3, 2, -2])
  })

  test('are none where nothing of the flag is seen', () => {
    expect(sensitivityView(itemOf(false), { x: 100, y: 21, scale: 50 }, viewport)).toBeNull()
  })

  test('are about 1,536, as square as the pixels, and never more than there are pixels', () => {
    const grid = sensitivityView(itemOf(true), { x: 12, y: 21, scale: 50 }, { width: 1200, height: 800 })
    expect([grid?.width, grid?.height]).toEqual([48, 32])
    const tiny = sensitivityView(itemOf(false), { x: 12, y: 21, scale: 1 }, viewport)
    expect([tiny?.width, tiny?.height]).toEqual([4, 2])
    const strip = sensitivityView(itemOf(true), { x: 12, y: 21, scale: 50 }, { width: 4000, height: 2 })
    expect([strip?.width, strip?.height]).toEqual([128, 1])
  })

  test('are the same while nothing moves, and others when camera or frame do', () => {
    const camera = { x: 12, y: 21, scale: 50 }
    const own = sensitivityView(itemOf(false), camera, viewport)
    expect(sameSensitivityView(own, sensitivityView(itemOf(false), { ...camera }, viewport))).toBe(true)
    expect(sameSensitivityView(own, sensitivityView(itemOf(false), { ...camera, x: 11.99 }, viewport))).toBe(false)
    const other: Item = { ...itemOf(false), frame: { ...FRAME, output: 'logit' } }
    expect(sameSensitivityView(own, sensitivityView(other, camera, viewport))).toBe(false)
    expect(sameSensitivityView(own, null)).toBe(false)
  })
})

describe('the colours', () => {
  test('are even in the logarithm, from the largest down', () => {
    const levels = sensitivityLevels(Float64Array.of(20, 2, 0.2, 20 / 10 ** DECADES, 1e-9, 0))
    expect([...levels].map(level => Math.round(level * 1e4) / 1e4)).toEqual([1, 0.75, 0.5, 0, 0, 0])
  })

  test('are of the dark end where nothing matters, and of the bright one where a figure overflows', () => {
    expect([...sensitivityLevels(new Float64Array(3))]).toEqual([0, 0, 0])
    const broken = Float64Array.of(1, Number.POSITIVE_INFINITY, Number.NaN)
    expect([...sensitivityLevels(broken)]).toEqual([1, 1, 1])
    expect(largestOf(broken)).toBe(1)
  })

  test('become lighter all the way, and are none of the diverging map’s', () => {
    const luminance = ([r, g, b]: readonly number[]) => 0.2126 * r + 0.7152 * g + 0.0722 * b
    const steps = Array.from({ length: 65 }, (_, i) => i / 64)
    for (let i = 1; i < steps.length; i++)
      expect(luminance(sequentialColour(steps[i]))).toBeGreaterThan(luminance(sequentialColour(steps[i - 1])))
    const diverging = steps.flatMap(t => [divergingColour(t), divergingColour(-t)]).map(rgb => rgb.map(v => 255 * v))
    for (const t of steps) {
      const own = sequentialColour(t)
      const nearest = Math.min(...diverging.map(rgb => Math.hypot(...rgb.map((v, c) => v - own[c]))))
      expect(nearest, `level ${t}`).toBeGreaterThan(20)
    }
  })
})
