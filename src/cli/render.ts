// vexel render: a view of the flag as a PNG, by the float64 reference.

import { Command } from '@commander-js/extra-typings'
import { encode } from 'fast-png'
import { UnsupportedError } from '../model/errors.js'
import { foldNetwork } from '../model/fold.js'
import { parseNumber } from '../model/frame.js'
import { type PictureSpec, referenceRows } from '../model/picture.js'
import { parseSampleCount } from '../model/samples.js'
import { levelOf } from '../model/tone.js'
import { pictureSize, wholeFrame } from '../model/view.js'
import { optionValue } from './failure.js'
import { addFrameOptions, noteUnknownAspect, resolveFrame } from './frame-options.js'
import { loadNetworkFile, writeWhole } from './input.js'
import { pixelsOption, pointOption, zoomOption } from './numbers.js'

export const renderCommand = addFrameOptions(new Command('render'))
  .description('draw a view of the flag into a PNG')
  .argument('<file>', 'a .safetensors file')
  .requiredOption('-o, --out <png>', 'the PNG to write, - for stdout')
  .option('--width <pixels>', 'default 640, or what the height and the aspect give')
  .option('--height <pixels>', 'default: what the width and the aspect give')
  .option('--center <X,Y>', 'plane point in the middle of the picture, default the middle of the frame')
  .option('--zoom <factor>', '1 is the whole frame', '1')
  .option('--samples <count>', 'samples a pixel: 1, 4, 8, 16', '1')
  .action(async (file, options) => {
    const width = pixelsOption('--width', options.width)
    const height = pixelsOption('--height', options.height)
    const zoom = zoomOption('--zoom', options.zoom)
    const samples = optionValue('--samples', options.samples, text => parseSampleCount(parseNumber(text)))
    const centre = options.center === undefined ? null : pointOption('--center', options.center)
    const { stateDict, network } = await loadNetworkFile(file)
    const frame = resolveFrame(stateDict, options)
    noteUnknownAspect(frame, width, height)
    const whole = wholeFrame(frame)
    const view = { x: centre?.[0] ?? whole.x, y: centre?.[1] ?? whole.y, zoom }
    const size = pictureSize(frame, width, height)
    if (size.width * size.height > MAX_PIXELS)
      throw new UnsupportedError(
        `${size.width} x ${size.height}: pictures of more than ${MAX_PIXELS / 2 ** 20} megapixels are not held in memory`,
      )
    const spec = { folded: foldNetwork(network), frame, view, samples, ...size }
    const png = encode({ width: spec.width, height: spec.height, data: drawLevels(spec), channels: 3, depth: 8 })
    if (options.out === '-') process.stdout.write(png)
    else await writeWhole(options.out, png)
  })

// The whole picture is held at 3 bytes a pixel, and once more while it is compressed.
const MAX_PIXELS = 2 ** 28
// Rows that are held as floats at a time.
const BAND_PIXELS = 65_536

/** [height * width, 3] displayed 8-bit levels, with progress on a terminal. */
function drawLevels(spec: PictureSpec): Uint8Array {
  const levels = new Uint8Array(spec.width * spec.height * 3)
  const band = Math.max(1, Math.floor(BAND_PIXELS / spec.width))
  for (let row = 0; row < spec.height; row += band) {
    const rows = Math.min(band, spec.height - row)
    const rgb = referenceRows(spec, row, rows)
    const start = row * spec.width * 3
    for (let i = 0; i < rgb.length; i++) levels[start + i] = levelOf(rgb[i])
    if (process.stderr.isTTY) process.stderr.write(`\r${Math.round((100 * (row + rows)) / spec.height)} %`)
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  return levels
}
