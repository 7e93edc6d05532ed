// The sharing worker: makes what a flag is given away as, one thing and no more. The page stays free meanwhile, and ends it where it is not
// wanted any more.

import { version } from '../../../package.json'
import type { Host } from '../../export/hosts.js'
import { isTextHost } from '../../export/hosts.js'
import type { LinkPrecision } from '../../export/packed/link.js'
import type { ExportSubject } from '../../export/subject.js'
import { foldNetwork } from '../../model/fold.js'
import type { Frame } from '../../model/frame.js'
import type { Network } from '../../model/network.js'
import { lineOf } from '../messages.js'
import type { PicturePlan } from './picture-plan.js'

/** What is given away. */
export interface Shared {
  /** With its edits. */
  readonly network: Network
  readonly frame: Frame
  readonly title: string
  /** Of its weights, with ending. */
  readonly fileName: string
}

export type ShareWish =
  | { readonly kind: 'link'; readonly precision: LinkPrecision }
  /** @param script of the page @param film of the training, a file; null for none */
  | { readonly kind: 'page'; readonly script: string; readonly film: Uint8Array | null }
  | { readonly kind: 'picture'; readonly plan: PicturePlan }
  | { readonly kind: 'program'; readonly host: Exclude<Host, 'html'> }

export interface ShareRequest {
  readonly shared: Shared
  readonly wish: ShareWish
}

/** What was made. */
export interface Made {
  readonly parts: readonly (string | Uint8Array<ArrayBuffer>)[]
  /** Bytes as servers send it; null where nobody asks. */
  readonly gzipBytes: number | null
  /** How far a link's picture is from the flag's, in dB; null for all else. */
  readonly psnr: number | null
}

export type ShareReply =
  | { readonly kind: 'progress'; readonly rows: number }
  | { readonly kind: 'done'; readonly made: Made }
  | { readonly kind: 'failed'; readonly reason: string }

self.addEventListener('message', ({ data: request }: MessageEvent<ShareRequest>) => {
  make(request).then(
    made => postMessage({ kind: 'done', made } satisfies ShareReply),
    (error: unknown) => postMessage({ kind: 'failed', reason: lineOf(error) } satisfies ShareReply),
  )
})

async function make({ shared, wish }: ShareRequest): Promise<Made> {
  const subject: ExportSubject = { ...shared, folded: foldNetwork(shared.network), version }
  switch (wish.kind) {
    case 'link': {
      const { makeLink } = await import('./make-link.js')
      const { text, psnr } = await makeLink(subject, wish.precision)
      return { parts: [text], gzipBytes: null, psnr }
    }
    case 'page': {
      const { makePage, packFilm } = await import('../../export/page/make-page.js')
      const text = await makePage(subject, wish.script, wish.film && (await packFilm(wish.film)))
      return { parts: [text], gzipBytes: await gzipped(text), psnr: null }
    }
    case 'picture': {
      const { drawPicture } = await import('./draw-picture.js')
      const report = (rows: number) => postMessage({ kind: 'progress', rows } satisfies ShareReply)
      return { parts: await drawPicture(subject.folded, wish.plan, report), gzipBytes: null, psnr: null }
    }
    case 'program':
      return { parts: [await programFor(subject, wish.host)], gzipBytes: null, psnr: null }
  }
}

async function programFor(
  subject: ExportSubject,
  host: Exclude<Host, 'html'>,
): Promise<string | Uint8Array<ArrayBuffer>> {
  if (isTextHost(host)) return (await import('../../export/make-text.js')).makeText(subject, host, null).text
  if (host === 'python') return (await import('../../export/python/torch.js')).torchText(subject)
  return (await import('../../export/onnx/onnx.js')).onnxModel(subject, 20) as Uint8Array<ArrayBuffer>
}

async function gzipped(text: string): Promise<number> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
  return (await new Response(stream).arrayBuffer()).byteLength
}
