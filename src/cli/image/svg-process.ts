// Drawing an SVG in a process of its own, with a bound for time and memory: kilobytes of turbulence, filters in filters or
// text make librsvg run for minutes and take all the memory there is, and nothing in a process can stop it but its end.

import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { FormatError, UnsupportedError } from '../../model/errors.js'
import type { ImageSize } from '../../train/rgb-image.js'

/** What drawing one SVG may take; flags with coats of arms take one or two seconds and 200 MB. */
export interface DrawingLimits {
  readonly seconds: number
  readonly megabytes: number
}

const LIMITS: DrawingLimits = { seconds: 30, megabytes: 1024 }
const [TOO_LONG, TOO_LARGE] = ['too long', 'too large']
const REFUSED = 83

// As text, so that it runs from the sources and from the built package alike. libvips draws in a thread of its own: the timers run on. But for
// its end a process waits for that thread, ten seconds and gigabytes later: it says why, and is killed.
const PROGRAM = `
const [sharpPath, seconds, megabytes] = process.argv.slice(1)
const sharp = require(sharpPath)
const end = why => {
  require('fs').writeSync(2, why)
  process.kill(process.pid, 'SIGKILL')
}
setTimeout(() => end('${TOO_LONG}'), 1000 * seconds)
setInterval(() => { if (process.memoryUsage.rss() > megabytes * 2 ** 20) end('${TOO_LARGE}') }, 20)
const fail = error => process.stderr.write(String(error && error.message || error), () => process.exit(${REFUSED}))
const chunks = []
process.stdin.on('data', chunk => chunks.push(chunk)).on('end', () => {
  sharp(Buffer.concat(chunks)).toColourspace('srgb').ensureAlpha().raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .then(({ data, info }) => {
      process.stdout.write(info.width + ' ' + info.height + '\\n')
      process.stdout.write(data, () => process.exit(0))
    })
    .catch(fail)
})
`

/**
 * Draws an SVG document at its own size.
 * @returns [height, width, 4] bytes, sRGB, alpha not multiplied in
 * @throws FormatError when it takes too long or too much memory; Error with librsvg's own lines when it is refused
 */
export async function drawSvgApart(
  document: Uint8Array,
  { seconds, megabytes }: DrawingLimits = LIMITS,
): Promise<ImageSize & { readonly rgba: Uint8Array }> {
  const sharpPath = createRequire(import.meta.url).resolve('sharp')
  const child = spawn(process.execPath, ['-e', PROGRAM, sharpPath, `${seconds}`, `${megabytes}`])
  // Should its own timers not come, either.
  const timer = setTimeout(() => child.kill('SIGKILL'), 1000 * (seconds + 10))
  const [out, err]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  // It may end before it has read all.
  child.stdin.on('error', () => {})
  child.stdin.end(document)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', error => reject(new UnsupportedError(`an SVG cannot be drawn here: ${error.message}`)))
    child.on('close', resolve)
  }).finally(() => clearTimeout(timer))
  const said = Buffer.concat(err).toString()
  if (said === TOO_LONG) throw new FormatError(`cannot be drawn as SVG: it takes more than ${seconds} seconds`)
  // A process that the system killed had taken too much.
  if (said === TOO_LARGE || code === null)
    throw new FormatError(`cannot be drawn as SVG: it takes more than ${megabytes} MB of memory`)
  if (code !== 0) throw new Error(said)
  const bytes = Buffer.concat(out)
  const end = bytes.indexOf('\n')
  const [width, height] = bytes.subarray(0, end).toString().split(' ').map(Number)
  return { width, height, rgba: bytes.subarray(end + 1) }
}
