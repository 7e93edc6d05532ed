// What `vexel movie` and the page that encodes for it (encoder-page.ts) say to each other.

/** Where the page finds the next frame and leaves the video, from its own address. */
export const ENCODER_PATHS = { frame: 'movie/frame', video: 'movie/video' } as const

/** What became of a video; an error as plain data, for the way from process to process. */
export type EncoderReport = { readonly codec: string } | { readonly name: string; readonly message: string }
