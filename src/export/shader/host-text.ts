// What the texts for hosts have in common: what stands above them, and how the picture is fitted into a canvas.

import type { FoldedNetwork } from '../../model/fold.js'
import type { Frame } from '../../model/frame.js'
import { describeSubject, type ExportSubject } from '../subject.js'
import { aspectText } from './flag-text.js'

/** Makes the text. @param folded the subject's network with the constants that are written */
export type HostText = (subject: ExportSubject, folded: FoldedNetwork, note: string) => string

/** What every text begins with. @param lines what this host makes of it */
export function header(subject: ExportSubject, note: string, lines: readonly string[]): string {
  return [...describeSubject(subject), note, ...lines].map(line => `// ${line}`).join('\n')
}

/**
 * The pixel's place in the picture, which is fitted into the canvas. Pixels count from the lower left corner: y turns over here.
 * @param size name of the canvas's size
 */
export function fitted(size: string, aspect: string): string {
  return `  float height = min(${size}.y, ${size}.x / ${aspect});
  vec2 uv = 0.5 + vec2(pixel.x / ${aspect}, -pixel.y) / height;`
}

/** Width : height of the picture in JavaScript. */
export function aspectNumber(frame: Frame): string {
  return aspectText(frame).replace(/^\./, '0.').replace(/\.$/, '')
}
