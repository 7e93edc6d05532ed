// gifenc brings no types; these are of the parts that are used.

declare module 'gifenc' {
  /** [red, green, blue] */
  export type Colour = readonly [number, number, number]

  export interface FrameOptions {
    /** The global one in the first frame, else the frame's own. */
    readonly palette: readonly Colour[]
    readonly first: boolean
    /** In milliseconds, written in hundredths of a second. */
    readonly delay: number
    /** Repetitions after the first time, 0 without end, -1 none. */
    readonly repeat: number
    readonly transparent: boolean
    readonly transparentIndex: number
    /** 1: the next frame is drawn over this one. */
    readonly dispose: number
  }

  export interface Encoder {
    readonly stream: { reset(): void }
    writeHeader(): void
    writeFrame(index: Uint8Array, width: number, height: number, options: FrameOptions): void
    finish(): void
    /** A copy of what was written since the stream was reset. */
    bytes(): Uint8Array<ArrayBuffer>
  }

  export function GIFEncoder(options: { readonly auto: boolean }): Encoder
  /** @param rgba must begin its buffer */
  export function quantize(rgba: Uint8Array | Uint8ClampedArray, maxColors: number): Colour[]
}
