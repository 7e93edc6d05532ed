// Names what a file really is, once it has failed as safetensors: parse first, because a valid file can begin with the
// bytes of a gzip or a pickle. Looks at the first 512 bytes only and guesses no further than they are plain.

import { FORMAT_MAX_HEADER_BYTES, LENGTH_BYTES } from './limits.js'
import { quoted } from './quoted.js'

const HEAD_BYTES = 512
const SAVE_AGAIN = "save it with safetensors: safetensors.torch.save_file(model.state_dict(), 'net.safetensors')"
const PICKLE = `this is a PyTorch pickle; ${SAVE_AGAIN}`
const SAVE_ARRAYS = 'save its arrays with safetensors: safetensors.numpy.save_file(arrays, "net.safetensors")'

/** Fixed first bytes, and what they say. In latin-1, one character a byte. */
const SIGNATURES: readonly (readonly [signature: string, description: string])[] = [
  ['\x89PNG\r\n\x1a\n', picture('PNG')],
  ['\xff\xd8\xff', picture('JPEG')],
  ['GIF87a', picture('GIF')],
  ['GIF89a', picture('GIF')],
  ['II*\0', picture('TIFF')],
  ['MM\0*', picture('TIFF')],
  ['%PDF-', 'this is a PDF document'],
  ['GGUF', 'this is a GGUF model; open the safetensors file it was made from'],
  ['\x1f\x8b', archive('gzip')],
  ['BZh', archive('bzip2')],
  ['\xfd7zXZ\0', archive('xz')],
  ['7z\xbc\xaf\x27\x1c', archive('7z')],
  ['\x28\xb5\x2f\xfd', archive('zstd')],
  ['Rar!\x1a\x07', archive('RAR')],
  ['\x93NUMPY', `this is a NumPy array (.npy); ${SAVE_ARRAYS}`],
  ['\x89HDF\r\n\x1a\n', `this is an HDF5 file (Keras saves these); ${SAVE_ARRAYS}`],
]

/** Says what a file is that failed to parse as safetensors, and the cure; null if it may be a damaged safetensors file. */
export function describeForeign(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return 'the file is empty'
  if (looksLikeSafetensors(bytes)) return null
  const head = latin1(bytes.subarray(0, HEAD_BYTES))
  return describeSignature(head) ?? describeText(bytes)
}

/** A header length that the format allows and an opening brace after it: a fault inside is better named than guessed at. */
function looksLikeSafetensors(bytes: Uint8Array): boolean {
  if (bytes.length <= LENGTH_BYTES) return false
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
  return (
    length <= FORMAT_MAX_HEADER_BYTES &&
    /^[ \t\r\n]*\{/.test(latin1(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + HEAD_BYTES)))
  )
}

function describeSignature(head: string): string | null {
  if (head.startsWith('PK\x03\x04')) return describeZip(head)
  const found = SIGNATURES.find(([signature]) => head.startsWith(signature))
  if (found) return found[1]
  if (isPickle(head)) return PICKLE
  if (head.startsWith('RIFF') && head.startsWith('WEBP', 8)) return picture('WebP')
  if (isBitmap(head)) return picture('BMP')
  if (/^(?:avif|heic|mif1)/.test(head.slice(8)) && head.startsWith('ftyp', 4)) return picture('AVIF or HEIC')
  if (head.startsWith('TFL3', 4)) return 'this is a TensorFlow Lite model; export its weights as safetensors'
  if (head.startsWith('ustar', 257)) return archive('tar')
  if (isOnnx(head)) return 'this is an ONNX model; export the weights of the network it was made from as safetensors'
  return null
}

/** A protocol from 2 to 5 and then an opcode, which 0 is not. */
function isPickle(head: string): boolean {
  const protocol = head.charCodeAt(1)
  return head.startsWith('\x80') && protocol >= 2 && protocol <= 5 && head.charCodeAt(2) > 0
}

/** The size of its second header tells a bitmap from a text that begins with BM. */
function isBitmap(head: string): boolean {
  return head.startsWith('BM') && [12, 40, 52, 56, 64, 108, 124].includes(head.charCodeAt(14)) && head[15] === '\0'
}

/** A protobuf whose field 1 is a small version and whose field 2 is a name: the program that wrote it. */
function isOnnx(head: string): boolean {
  const version = head.charCodeAt(1)
  return (
    head.startsWith('\x08') && version >= 1 && version <= 32 && head[2] === '\x12' && /^[a-zA-Z]{3}/.test(head.slice(4))
  )
}

/** The first entry's name is in the clear, 30 bytes in: it tells a checkpoint of PyTorch from another zip. */
function describeZip(head: string): string {
  const name = head.slice(30, 30 + head.charCodeAt(26) + 256 * head.charCodeAt(27))
  if (name.endsWith('.npy')) return `this is a NumPy archive (.npz); ${SAVE_ARRAYS}`
  if (/(?:^|\/)(?:data\.pkl|byteorder|\.format_version)$/.test(name)) return PICKLE
  return `this is a zip archive; unpack it, or if it is a PyTorch pickle (.pt), ${SAVE_AGAIN}`
}

function describeText(bytes: Uint8Array): string | null {
  const text = decodeText(bytes.subarray(0, HEAD_BYTES))
  if (text === null) return null
  if (text.startsWith('version https://git-lfs.github.com/spec')) {
    return 'this is a Git LFS pointer, not the file it stands for; fetch that with: git lfs pull'
  }
  if (text.startsWith('<')) {
    // Two searches and no grammar: a pattern that steps over comments can be made to backtrack for ever.
    if (/<(?:!doctype html|html|head|body)\b/i.test(text)) {
      return 'this is a web page (HTML), not the file; download the file itself (the raw or resolve link)'
    }
    if (/<svg\b/i.test(text)) return picture('SVG')
  }
  if (/^[[{]/.test(text)) return 'this is JSON text; a safetensors file begins with the length of its header'
  return `this is plain text that begins ${quoted(text.split(/[\r\n]/, 1)[0])}`
}

/** Returns the beginning of a text file without mark and blanks, or null if it is not UTF-8 text. */
function decodeText(head: Uint8Array): string | null {
  try {
    // stream: a character cut in two at the end of the head is no fault.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return /[^\P{Cc}\s]/u.test(text) ? null : text.trim()
  } catch {
    return null
  }
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}

function picture(kind: string): string {
  return `this is a ${kind} picture; vexel opens the network itself, a .safetensors file`
}

function archive(kind: string): string {
  return `this is a ${kind} archive; unpack it and open the .safetensors file inside`
}
