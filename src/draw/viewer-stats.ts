// What the viewer tells of itself.

/** What draws, and how fast. */
export interface ViewerStats {
  /** What draws: the GL renderer's name, or 'CPU, 2 threads'. */
  readonly renderer: string
  /** Why this one draws, in a line; null where the GPU does and nothing was timed, or it was asked for. */
  readonly rendererNote: string | null
  /** How the GPU draws: where weights come from, pixels an invocation, and its speed where it was timed; null where it does not. */
  readonly shader: string | null
  /** GPU objects alive, or workers. */
  readonly liveObjects: number
  /** Bytes of all textures, or of the canvases that stand in their place. */
  readonly textureBytes: number
  /** Milliseconds from the start of the last whole picture (one sample a pixel) to its end; null before the first. */
  readonly frameMs: number | null
  /** Milliseconds from the start of the last picture until a first, perhaps coarse one of the whole view. */
  readonly coverMs: number | null
  /** Milliseconds from the start of the last picture until a first one at the resolution of the screen, coherent or of every pixel; null until it is there. */
  readonly fullMs: number | null
  /** Pixels of the screen that a pixel of the picture that is shown stood for along an edge, when it was made; null before the first. */
  readonly step: number | null
  /**
   * Samples a pixel of the picture that is shown; null while it is none of every pixel: the camera has just moved, or what is
   * there is coarse. With `samples=auto` it becomes 1 at first, and more a moment later where the machine is fast enough.
   */
  readonly samples: number | null
  /** Net evaluations a second, in millions, as the scheduler estimates them. */
  readonly megapixelsPerSecond: number
}
