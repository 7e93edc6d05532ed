// The page that `vexel movie` drives: it fetches frames, one at a time as the encoder has room for them, and sends the video
// back. Served beside the site (encoder.html), so that the codecs have the secure context they ask for.

import { encodeVideo, type VideoSpec } from '../../film/video.js'
import { ENCODER_PATHS, type EncoderReport } from './encoder-protocol.js'

declare global {
  interface Window {
    encodeMovie: (spec: VideoSpec, frameCount: number) => Promise<EncoderReport>
  }
}

window.encodeMovie = async (spec, frameCount) => {
  try {
    const { bytes, codec } = await encodeVideo(spec, fetchFrames(frameCount))
    const response = await fetch(ENCODER_PATHS.video, { method: 'POST', body: bytes })
    if (!response.ok) throw new Error(`the video was not taken: ${response.status}`)
    return { codec }
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error))
    return { name, message: message.split('\n')[0] }
  }
}

async function* fetchFrames(count: number): AsyncGenerator<Uint8ClampedArray, void> {
  for (let i = 0; i < count; i++) {
    const response = await fetch(`${ENCODER_PATHS.frame}?${i}`)
    if (!response.ok) throw new Error(`frame ${i} did not come: ${response.status}`)
    yield new Uint8ClampedArray(await response.arrayBuffer())
  }
}
