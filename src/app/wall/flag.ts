// A flag of the wall: one of the manifest's, or a file of the person's own.

import { DEFAULT_FRAME, type Frame } from '../../model/frame.js'
import type { ListedFlag } from '../../train/gallery/manifest.js'
import { qualityWords } from '../figures.js'
import type { FlagSpot } from '../places/place.js'
import type { Sortable } from './order.js'

/** A flag, and how it hangs. */
export interface WallFlag extends Sortable, FlagSpot {
  readonly code: string
  name: string
  readonly listed: Partial<ListedFlag>
  aspect: number
  hue: number | null
}

/** What a flag of unknown proportions gets until it is loaded, or solved. */
const USUAL_ASPECT = 1.5

/** A flag whose file is not there yet. @param url null for a file of the person's own, of which no manifest says anything */
export function flagOf(code: string, url: string | null, listed: Partial<ListedFlag> = {}): WallFlag {
  return {
    code,
    name: listed.name ?? code,
    url,
    listed,
    aspect: listed.width && listed.height ? listed.width / listed.height : USUAL_ASPECT,
    rect: { x: 0, y: 0, width: 1, height: 1 },
    state: 'waiting',
    problem: null,
    file: null,
    resident: null,
    hue: null,
  }
}

/** A frame with the proportions of a flag of the manifest, where it has none of its own. */
export function framedAs(frame: Frame, flag: WallFlag | null): Frame {
  return frame.aspect === null && flag?.listed.width !== undefined ? { ...frame, aspect: flag.aspect } : frame
}

export function plainFrame(aspect: number): Frame {
  return { ...DEFAULT_FRAME, aspect }
}

/** As in `hardly to be told from the flag, 45.6 dB (37.1 in detail)`: as it is seen, and at the centres of the pixels that it was trained on. */
export function qualityText({ psnr, psnrDetail }: WallFlag['listed']): string {
  if (psnr === undefined) return ''
  const detail = psnrDetail === undefined ? '' : ` (${psnrDetail.toFixed(1)} in detail)`
  return `${qualityWords(psnr)}, ${psnr.toFixed(1)} dB${detail}`
}
