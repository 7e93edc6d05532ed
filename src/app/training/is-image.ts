// Whether a file is an image, by its first bytes: what a page is asked to open may be called anything.

import { FormatError } from '../../model/errors.js'
import { imageKind, isPacked } from '../../train/image-kind.js'

// An SVG may begin with a licence and a document type.
const HEAD_BYTES = 65_536

/** Tells images from all else; a web page is none, and neither is an empty file. */
export async function isImage(file: Blob): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer())
  try {
    if (imageKind(head) !== 'SVG' || isPacked(head)) return true
  } catch (error) {
    if (error instanceof FormatError) return false
    throw error
  }
  const text = new TextDecoder(head[0] === 0xff ? 'utf-16le' : head[0] === 0xfe ? 'utf-16be' : 'utf-8').decode(head)
  return /<(?:[\w.-]+:)?svg[\s/>]/.test(text) && !/^\s*(?:<!doctype\s+html|<html)/i.test(text)
}
