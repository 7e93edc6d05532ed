// Two renderers compared on the same view: which one draws it faster, and by how much.

import type { Scene } from '../world/scheduler.js'
import { measureRate } from './choice.js'
import type { Renderer } from './renderer.js'

/** How much faster the other one must be: less may be chance, and a change costs the picture that is there. */
const ENOUGH_FACTOR = 1.2

export interface Contestant {
  readonly renderer: Renderer
  /** The view, with one sample a pixel, as this renderer knows it. */
  readonly scene: Scene
}

/**
 * Times the CPU, which draws, and a slow WebGL, which might.
 * @param isSame whether there is still the same to be drawn
 * @param name of that WebGL, for people
 * @returns null where something came in between
 */
export async function compareRenderers(
  current: Contestant,
  other: Contestant,
  isSame: () => boolean,
  name: string,
): Promise<{ isOtherFaster: boolean; note: string } | null> {
  const otherRate = await measureRate(other.renderer, other.scene)
  if (!isSame()) return null
  const rate = await measureRate(current.renderer, current.scene)
  if (!isSame()) return null
  const times = (a: number, b: number) =>
    `${Number((a / Math.max(b, 1e-9)).toPrecision(2)).toLocaleString('en')} times as fast as`
  return otherRate > ENOUGH_FACTOR * rate
    ? { isOtherFaster: true, note: `drawn by ${name}, ${times(otherRate, rate)} the CPU here` }
    : { isOtherFaster: false, note: `drawn by the CPU, ${times(rate, otherRate)} the ${name} here` }
}
