// What all flag elements of a page draw with: one WebGL context, or one team of workers. Each element has a renderer of its own on it,
// which holds its pictures and its network and nothing else.

import type { FoldedNetwork } from '../model/fold.js'
import type { Background } from '../gpu/painter.js'
import type { Renderer, RendererEvents } from '../draw/renderer.js'

export interface Backend {
  /** What draws, for people. */
  readonly name: string
  /** GPU objects alive, or workers. */
  readonly liveObjects: number
  /** @throws FormatError or UnsupportedError for weights that cannot be drawn */
  check(folded: FoldedNetwork): void
  /** @param canvas that the pictures are shown on, its context 2D. @throws ShaderError, ContextLostError or UnsupportedError */
  createRenderer(canvas: HTMLCanvasElement, background: Background, events: RendererEvents): Promise<Renderer>
  dispose(): void
}
