// vexel parity: the shader in a headless browser against the float64 reference.

import { isWithinTolerance, type ParityReport, parityText } from '../../gpu/parity.js'
import { FormatError, UnsupportedError } from '../../model/errors.js'
import type { Frame } from '../../model/frame.js'
import { pictureSize } from '../../model/view.js'
import { ARCHITECTURE_KEY, wiringJson } from '../../model/wiring.js'
import { EXIT } from '../failure.js'
import { type FrameOptionTexts, noteUnknownAspect, resolveFrame } from '../options/frame-options.js'
import { loadNetworkFile } from '../files/input.js'
import { pixelsOption } from '../options/numbers.js'
import { serveSite } from '../site/site.js'
import { architectureOption } from '../options/architecture-option.js'
import type { Terminal } from '../terminal.js'

/** Texts as commander collects them. */
export type ParityOptionTexts = FrameOptionTexts & {
  readonly width: string
  readonly height?: string
  readonly json?: true
}

/** Prints how far the shader is from the reference; beyond the tolerance the exit code is 1. */
export async function runParity(file: string, options: ParityOptionTexts, terminal: Terminal): Promise<void> {
  const width = pixelsOption('--width', options.width)
  const height = pixelsOption('--height', options.height)
  const wiring = await architectureOption(options)
  const { stateDict } = await loadNetworkFile(file, terminal.stdin, wiring)
  // The page reads it off the file.
  if (wiring) stateDict.setMetadata(ARCHITECTURE_KEY, JSON.stringify(wiringJson(wiring)))
  const frame = resolveFrame(stateDict, options, terminal.tell)
  noteUnknownAspect(frame, { width, height }, terminal.tell)
  const report = await proveInBrowser(stateDict.serialize(), frame, pictureSize(frame, width, height), terminal.tell)
  if (options.json) terminal.printJson(report)
  else terminal.print(parityText(report))
  if (!isWithinTolerance(report)) terminal.exitCode = EXIT.badInput
}

type PageResult = { report: ParityReport } | { isFormat: boolean; message: string }

/** Opens a file in the built page and lets the page prove itself. */
async function proveInBrowser(
  bytes: Uint8Array,
  frame: Frame,
  size: { width: number; height: number },
  tell: Terminal['tell'],
): Promise<ParityReport> {
  const site = await serveSite()
  try {
    // Only here: loading puppeteer takes longer than any other command as a whole.
    const { launchBrowser } = await import('../browser/launch.js')
    const browser = await launchBrowser({ install: true, log: tell })
    try {
      const page = await browser.newPage()
      // The page draws its own picture, too: a small one, so that the proof has the GPU to itself.
      await page.setViewport({ width: 64, height: 64 })
      await page.goto(`${site.url}?renderer=webgl#samples=1`)
      const result = await page.evaluate(
        async (base64, frame, size): Promise<PageResult> => {
          try {
            await window.vexel.ready
            const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0))
            await window.vexel.open(new Blob([bytes]))
            window.vexel.frame = frame
            return { report: await window.vexel.prove(size) }
          } catch (error) {
            const { name, message } = error instanceof Error ? error : new Error(String(error))
            return { isFormat: name === 'FormatError', message: message.split('\n')[0] }
          }
        },
        Buffer.from(bytes).toString('base64'),
        frame,
        size,
      )
      if ('report' in result) return result.report
      throw new (result.isFormat ? FormatError : UnsupportedError)(result.message)
    } finally {
      await browser.close()
    }
  } finally {
    await site.close()
  }
}
