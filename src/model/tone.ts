// From the head's raw values to the colour on the screen: the frame's output and channels conventions. The shader's
// twin is shaders/tone.glsl.

import type { Frame } from './frame.js'

/** The tone as numbers: colour = raw * scale + offset, or the logistic function of it; then perhaps B and R change places. */
export interface Tone {
  readonly scale: number
  readonly offset: number
  readonly logistic: boolean
  readonly swapRedBlue: boolean
}

/** Reads the tone off a frame. */
export function toneOf({ output, channels }: Pick<Frame, 'output' | 'channels'>): Tone {
  const swapRedBlue = channels === 'bgr'
  switch (output) {
    case 'rgb01':
      return { scale: 1, offset: 0, logistic: false, swapRedBlue }
    case 'rgb255':
      return { scale: 1 / 255, offset: 0, logistic: false, swapRedBlue }
    case 'rgb11':
      return { scale: 0.5, offset: 0.5, logistic: false, swapRedBlue }
    case 'logit':
      return { scale: 1, offset: 0, logistic: true, swapRedBlue }
  }
}

/**
 * Turns raw head outputs into displayed colours in place: sRGB-encoded, clamped to [0, 1].
 * @param rgb [n, 3] raw, overwritten and returned
 */
export function applyTone<T extends Float64Array | Float32Array>(rgb: T, tone: Tone): T {
  for (let i = 0; i < rgb.length; i++) {
    rgb[i] = Math.min(1, Math.max(0, unclampedChannel(rgb[i], tone)))
  }
  if (tone.swapRedBlue)
    for (let i = 0; i < rgb.length; i += 3) {
      const red = rgb[i]
      rgb[i] = rgb[i + 2]
      rgb[i + 2] = red
    }
  return rgb
}

/** The displayed channel of one raw head output, before it is clamped to [0, 1]. */
export function unclampedChannel(raw: number, { scale, offset, logistic }: Tone): number {
  const value = raw * scale + offset
  return logistic ? 1 / (1 + Math.exp(-value)) : value
}

/** Derivative of {@link unclampedChannel} by the raw output. */
export function toneSlope(raw: number, tone: Tone): number {
  if (!tone.logistic) return tone.scale
  const channel = unclampedChannel(raw, tone)
  return tone.scale * channel * (1 - channel)
}

/** Rounds a displayed channel in [0, 1] to its 8-bit level. */
export function levelOf(channel: number): number {
  return Math.floor(channel * 255 + 0.5)
}
