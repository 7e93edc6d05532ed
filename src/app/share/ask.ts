// Asking the sharing worker: one question, its progress, its answer, and a way to stop.

import { UnsupportedError } from '../../model/errors.js'
import type { Made, Shared, ShareReply, ShareRequest, ShareWish } from './share-worker.js'

/**
 * Makes what is wished.
 * @param onProgress rows of a picture that are done
 * @throws UnsupportedError in one line; AbortError when it was cancelled
 */
export function makeShared(
  shared: Shared,
  wish: ShareWish,
  signal: AbortSignal,
  onProgress: (rows: number) => void = () => {},
): Promise<Made> {
  const worker = new Worker(new URL('./share-worker.ts', import.meta.url), { type: 'module', name: 'vexel share' })
  const making = new Promise<Made>((resolve, reject) => {
    signal.throwIfAborted()
    signal.addEventListener('abort', () => reject(signal.reason as Error))
    worker.addEventListener('message', ({ data: reply }: MessageEvent<ShareReply>) => {
      if (reply.kind === 'progress') onProgress(reply.rows)
      else if (reply.kind === 'failed') reject(new UnsupportedError(reply.reason))
      else resolve(reply.made)
    })
    worker.addEventListener('error', event => {
      event.preventDefault()
      reject(new UnsupportedError(`the sharing worker failed: ${event.message || 'its script could not be loaded'}`))
    })
    worker.postMessage({ shared, wish } satisfies ShareRequest, [])
  })
  return making.finally(() => worker.terminate())
}
