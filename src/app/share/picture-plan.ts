// A picture to be saved, checked: what of the flag, how large, in pixels or on paper. No page: its worker gets the plan as it is.

import { FormatError } from '../../model/errors.js'
import type { Frame } from '../../model/frame.js'
import { autoSamples, type SampleCount } from '../../model/samples.js'
import { pictureSize, type View, wholeFrame } from '../../model/view.js'
import { seenFrame, type Shown } from '../seen-frame.js'

/** What can be asked for. */
export interface PictureWish {
  /** What is on screen, or the whole flag. */
  readonly picture: 'view' | 'whole'
  readonly unit: 'pixels' | 'centimetres'
  /** In that unit; the height follows. */
  readonly width: number
  /** Dots an inch, where it is centimetres. */
  readonly dpi: number
}

/** What the worker does. */
export interface PicturePlan {
  readonly frame: Frame
  readonly view: View
  /** In pixels. */
  readonly width: number
  readonly height: number
  readonly samples: SampleCount
  /** How large it is on paper; null where that was not said. */
  readonly pixelsPerMetre: number | null
}

const CM_PER_INCH = 2.54
/** What most programs open. */
const MOST_EDGE = 65_535
/** Some minutes on one core. */
const MOST_PIXELS = 2 ** 30

/**
 * Plans a picture.
 * @param shown what is on screen; null where that is not the flag alone
 * @throws FormatError naming what is out of its range
 */
export function planPicture(wish: PictureWish, frame: Frame, shown: Shown | null): PicturePlan {
  const { unit, dpi } = wish
  const isPaper = unit === 'centimetres'
  if (!(wish.width > 0 && Number.isFinite(wish.width))) throw new FormatError('width: expected a number above 0')
  if (isPaper && !(dpi >= 1 && dpi <= 10_000)) throw new FormatError('dots an inch: expected a number from 1 to 10,000')
  const width = Math.max(1, Math.round(isPaper ? (wish.width / CM_PER_INCH) * dpi : wish.width))
  const isView = wish.picture === 'view' && shown !== null
  const seen = isView ? seenFrame(frame, shown) : frame
  const view = isView ? shown.view : wholeFrame(frame)
  const size = pictureSize(seen, width)
  if (Math.max(size.width, size.height) > MOST_EDGE || size.width * size.height > MOST_PIXELS)
    throw new FormatError(
      `${size.width.toLocaleString('en')} × ${size.height.toLocaleString('en')} pixels: expected at most ${MOST_EDGE.toLocaleString('en')} along an edge, and a thousand million of them`,
    )
  const samples = autoSamples(frame, { ...size, zoom: isView ? view.zoom : 1 })
  const pixelsPerMetre = isPaper ? Math.round((100 / CM_PER_INCH) * dpi) : null
  return { frame: seen, view, ...size, samples, pixelsPerMetre }
}

/** As in `5,906 × 2,953 pixels, 50.0 × 25.0 cm`. */
export function planText({ width, height, pixelsPerMetre }: PicturePlan): string {
  const pixels = `${width.toLocaleString('en')} × ${height.toLocaleString('en')} pixels`
  if (pixelsPerMetre === null) return pixels
  const [across, down] = [width, height].map(edge => ((100 * edge) / pixelsPerMetre).toFixed(1))
  return `${pixels}, ${across} × ${down} cm`
}
