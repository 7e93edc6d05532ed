// What a trained file says of itself in `__metadata__`, beside its frame (src/model/frame.ts). All values are strings.

import { FormatError } from '../model/errors.js'
import { printableName } from '../model/printable.js'
import { checkTargetSize, type ImageSize, MAX_TARGET_EDGE } from './rgb-image.js'

/** The keys that the trainer writes. */
export const TRAINED_KEYS = {
  /** Size of the target in pixels, as it is seen. */
  width: 'vexel.width',
  height: 'vexel.height',
  /** Size of the raster that was trained on. Files from before there were two have none: they were trained on the former. */
  detailWidth: 'vexel.detailWidth',
  detailHeight: 'vexel.detailHeight',
  /** Name of the image file, without its folder. */
  source: 'vexel.source',
  /** In dB, of the finished net against the target as it is seen; of files without a detail at the pixels' centres. */
  psnr: 'vexel.psnr',
  /** In dB, of the finished net at the centres of the pixels that it was trained on. */
  psnrDetail: 'vexel.psnrDetail',
  recipe: 'vexel.recipe',
  seed: 'vexel.seed',
  steps: 'vexel.steps',
  /** `relaxed` where multiply-adds rounded as the machine would have them; files that say nothing were trained in strict arithmetic. */
  arithmetic: 'vexel.arithmetic',
  /** The version of vexel. */
  version: 'vexel.version',
} as const

/**
 * Reads the size a file says its target has as it is seen.
 * @returns null when it says none
 * @throws FormatError when what it says is no size: not two whole numbers from 1 to 4096
 */
export function trainedSize(metadata: ReadonlyMap<string, string>): ImageSize | null {
  return readSize(metadata, TRAINED_KEYS.width, TRAINED_KEYS.height)
}

/**
 * Reads the size of the raster that a file says it was trained on.
 * @returns null when it says none
 * @throws FormatError as {@link trainedSize}
 */
export function trainedDetail(metadata: ReadonlyMap<string, string>): ImageSize | null {
  return readSize(metadata, TRAINED_KEYS.detailWidth, TRAINED_KEYS.detailHeight) ?? trainedSize(metadata)
}

function readSize(metadata: ReadonlyMap<string, string>, widthKey: string, heightKey: string): ImageSize | null {
  const [width, height] = [metadata.get(widthKey), metadata.get(heightKey)]
  if (width === undefined && height === undefined) return null
  try {
    return checkTargetSize(wholeNumber(width), wholeNumber(height))
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    const got = [width, height].map(text => (text === undefined ? 'none' : `"${printableName(text)}"`))
    throw new FormatError(
      `${widthKey} x ${heightKey}: expected whole numbers from 1 to ${MAX_TARGET_EDGE}, got ${got.join(' x ')}`,
    )
  }
}

/** NaN for anything but digits. */
function wholeNumber(text: string | undefined): number {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN
}
