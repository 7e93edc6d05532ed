// What a trained file says of itself in `__metadata__`, beside its frame (src/model/frame.ts). All values are strings.

import { FormatError } from '../model/errors.js'
import { printableName } from '../model/printable.js'
import { checkTargetSize, type ImageSize, MAX_TARGET_EDGE } from './rgb-image.js'

/** The keys that the trainer writes. */
export const TRAINED_KEYS = {
  /** Size of the target in pixels. */
  width: 'vexel.width',
  height: 'vexel.height',
  /** Name of the image file, without its folder. */
  source: 'vexel.source',
  /** In dB, of the finished net against the target. */
  psnr: 'vexel.psnr',
  recipe: 'vexel.recipe',
  seed: 'vexel.seed',
  steps: 'vexel.steps',
  /** The version of vexel. */
  version: 'vexel.version',
} as const

/**
 * Reads the size a file says it was trained at.
 * @returns null when it says none
 * @throws FormatError when what it says is no size: not two whole numbers from 1 to 4096
 */
export function trainedSize(metadata: ReadonlyMap<string, string>): ImageSize | null {
  const [width, height] = [metadata.get(TRAINED_KEYS.width), metadata.get(TRAINED_KEYS.height)]
  if (width === undefined && height === undefined) return null
  try {
    return checkTargetSize(wholeNumber(width), wholeNumber(height))
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    const got = [width, height].map(text => (text === undefined ? 'none' : `"${printableName(text)}"`))
    throw new FormatError(
      `${TRAINED_KEYS.width} x ${TRAINED_KEYS.height}: expected whole numbers from 1 to ${MAX_TARGET_EDGE}, got ${got.join(' x ')}`,
    )
  }
}

/** NaN for anything but digits. */
function wholeNumber(text: string | undefined): number {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN
}
