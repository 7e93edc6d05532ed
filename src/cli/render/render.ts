// vexel render: a view of the flag as a PNG of any size, drawn by the kernel on all cores, band after band.

import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { foldNetwork } from '../../model/fold.js'
import type { PictureSpec } from '../../model/picture.js'
import { autoSamples } from '../../model/samples.js'
import { pictureSize, wholeFrame } from '../../model/view.js'
import { tellProgress } from '../drawing/drawing-progress.js'
import { threadsOption } from '../drawing/drawing-team.js'
import { type FrameOptionTexts, noteUnknownAspect, resolveFrame } from '../options/frame-options.js'
import { loadNetworkFile } from '../files/input.js'
import { refuseInputAsOutput, requirePngName, writeWhole } from '../files/output.js'
import { interruptible } from '../interrupt.js'
import { architectureOption } from '../options/architecture-option.js'
import type { Terminal } from '../terminal.js'
import { pixelsOption, pointOption, samplesOption, tellSamples, zoomOption } from '../options/numbers.js'
import { encodePng } from '../../export/png/png-stream.js'
import { drawBands } from './render-threads.js'

/** Texts as commander collects them. */
export type RenderOptionTexts = FrameOptionTexts & {
  readonly out: string
  readonly width?: string
  readonly height?: string
  readonly center?: string
  readonly zoom: string
  readonly samples: string
  readonly fast?: true
  readonly threads?: string
}

/** Draws a view of the net into a PNG. */
export async function runRender(file: string, options: RenderOptionTexts, terminal: Terminal): Promise<void> {
  const width = pixelsOption('--width', options.width)
  const height = pixelsOption('--height', options.height)
  const zoom = zoomOption('--zoom', options.zoom)
  const wanted = options.samples === 'auto' ? null : samplesOption('--samples', options.samples)
  const threads = threadsOption(options.threads)
  const centre = options.center === undefined ? null : pointOption('--center', options.center)
  requirePngName('--out', options.out)
  await refuseInputAsOutput(options.out, [file])
  const { stateDict, network } = await loadNetworkFile(file, terminal.stdin, await architectureOption(options))
  const frame = resolveFrame(stateDict, options, terminal.tell)
  noteUnknownAspect(frame, { width, height }, terminal.tell)
  const whole = wholeFrame(frame)
  const view = { x: centre?.[0] ?? whole.x, y: centre?.[1] ?? whole.y, zoom }
  const size = pictureSize(frame, width, height)
  const samples = wanted ?? autoSamples(frame, { ...size, zoom })
  if (wanted === null) tellSamples(samples, terminal.tell)
  const spec: PictureSpec = {
    folded: foldNetwork(network),
    frame,
    view,
    samples,
    isFast: options.fast === true,
    ...size,
  }
  await interruptible(async signal => {
    const png = encodePng(size, tellProgress(drawBands(spec, threads, signal), size, terminal.stderr))
    if (options.out === '-') await pipeline(Readable.from(png), terminal.stdout, { end: false })
    else await writeWhole(options.out, png)
  })
}
