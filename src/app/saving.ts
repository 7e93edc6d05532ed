// What is open, as files: the view as a picture, the network with its edits.

import { UnsupportedError } from '../model/errors.js'
import { FRAME_KEY } from '../model/frame.js'
import type { Viewer } from '../draw/viewer.js'
import { editedStateDict } from '../edit/save.js'
import { type Opened, sameFrame } from './open/opened.js'

/** The view as a PNG file, exactly the pixels at rest. */
export async function pictureFile(viewer: Viewer, opened: Opened): Promise<File> {
  await viewer.settled()
  const { width, height, data } = viewer.readPixels()
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D
  context.putImageData(new ImageData(data as Uint8ClampedArray<ArrayBuffer>, width, height), 0, 0)
  const blob = await canvas.convertToBlob({ type: 'image/png' })
  return new File([blob], `${baseName(opened)}.png`, { type: blob.type })
}

/**
 * The open file with what was edited of its parameters.
 * @param withFrame whether the frame in place is to stand in its metadata in any case; else it does where it was changed and
 *   parameters were, too: without edits the file's own bytes come back
 */
export function networkFile(opened: Opened, withFrame = false): File {
  const { file, frame } = opened
  if (!file || !frame) throw new UnsupportedError('there is nothing to save: no file is open')
  const { stateDict, network, isFrameStated, ownFrame } = file
  const edited = opened.overlay('edits')
  const copy = editedStateDict(stateDict, network, edited ?? network)
  const isChanged = !sameFrame(frame, ownFrame)
  if (withFrame ? isChanged || !isFrameStated : isChanged && edited !== null)
    copy.setMetadata(FRAME_KEY, JSON.stringify(frame))
  return new File([copy.serialize() as Uint8Array<ArrayBuffer>], `${baseName(opened)}.safetensors`)
}

/** Gives the person a file. */
export function giveFile(file: File): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = file.name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

function baseName({ file }: Opened): string {
  return file?.name.replace(/\.safetensors$/i, '') || 'flag'
}
