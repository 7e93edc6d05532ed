// Saving a film, for the page: a worker that draws and encodes, what it has done so far, and how to stop it.

import { UnsupportedError } from '../../model/errors.js'
import type { SaveFormat, SavePlan } from './save-plan.js'
import type { SaveReply, SaveRequest } from './save-worker.js'

/** Which videos can be made here: a codec's name, or null; and why not. */
export type Codecs = Pick<Extract<SaveReply, { kind: 'codecs' }>, 'webm' | 'mp4' | 'reason'>

const TYPES: Readonly<Record<SaveFormat, { ending: string; type: string }>> = {
  gif: { ending: 'gif', type: 'image/gif' },
  webm: { ending: 'webm', type: 'video/webm' },
  mp4: { ending: 'mp4', type: 'video/mp4' },
  png: { ending: 'frames.zip', type: 'application/zip' },
}

/**
 * Draws and encodes a film, as fast as it goes.
 * @param onProgress frames that are done
 * @throws UnsupportedError in one line; AbortError when it was cancelled
 */
export async function saveFilm(
  film: Uint8Array,
  plan: SavePlan,
  onProgress: (frames: number) => void,
  signal?: AbortSignal,
): Promise<File> {
  const reply = await ask({ kind: 'save', film, plan }, onProgress, signal)
  if (reply.kind !== 'done') throw new UnsupportedError('the saving worker gave no file')
  const { ending, type } = TYPES[plan.format]
  return new File([...reply.parts], `${plan.name}.${ending}`, { type })
}

/** Asks what this browser can encode. */
export async function probeCodecs(size: { width: number; height: number; fps: number }): Promise<Codecs> {
  const reply = await ask({ kind: 'probe', ...size }, () => {})
  if (reply.kind !== 'codecs') throw new UnsupportedError('the saving worker does not say what it can encode')
  return reply
}

function ask(request: SaveRequest, onProgress: (frames: number) => void, signal?: AbortSignal): Promise<SaveReply> {
  const worker = new Worker(new URL('./save-worker.ts', import.meta.url), { type: 'module' })
  const asking = new Promise<SaveReply>((resolve, reject) => {
    signal?.throwIfAborted()
    signal?.addEventListener('abort', () => reject(signal.reason as Error))
    worker.addEventListener('message', ({ data: reply }: MessageEvent<SaveReply>) => {
      if (reply.kind === 'progress') onProgress(reply.frames)
      else if (reply.kind === 'failed') reject(new UnsupportedError(reply.reason))
      else resolve(reply)
    })
    worker.addEventListener('error', event => {
      event.preventDefault()
      reject(new UnsupportedError(`the saving worker failed: ${event.message || 'its script could not be loaded'}`))
    })
    worker.postMessage(request, [])
  })
  return asking.finally(() => worker.terminate())
}
