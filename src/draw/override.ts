// What the address asks to be drawn with, whatever is faster.

import type { ShaderVariant } from '../gpu/shader-variant.js'
import { rendererOverride } from './choice.js'
import type { Renderer } from './renderer.js'
import { shaderOverride } from './shader-tuning.js'

export interface DrawingOverride {
  /** Null for the faster one. */
  readonly renderer: Renderer['kind'] | null
  /** Null for the fastest on this GPU. */
  readonly shader: ShaderVariant | null
}

/** `?renderer=` and `?shader=` of an address. */
export function drawingOverride(search: string): DrawingOverride {
  return { renderer: rendererOverride(search), shader: shaderOverride(search) }
}
