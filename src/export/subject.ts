// What is given away: a network with its frame, and what a text says of it in its first lines.

import { MYSTERY_NET } from '../model/architecture.js'
import { countMultiplyAdds, type FoldedNetwork } from '../model/fold.js'
import type { Frame } from '../model/frame.js'
import type { Network } from '../model/network.js'

export interface ExportSubject {
  readonly network: Network
  /** The same with batch norm folded into what follows it. */
  readonly folded: FoldedNetwork
  readonly frame: Frame
  /** What the picture is called. */
  readonly title: string
  /** The file's name, without folders. */
  readonly fileName: string
  /** The version of vexel. */
  readonly version: string
}

/** What every text says first, a line each, without the marks of a comment. */
export function describeSubject({ network, folded, title, fileName, version }: ExportSubject): string[] {
  const { name } = network.architecture
  const widths = folded.layers.map(({ inDim }) => inDim).join('-')
  const kind = name === MYSTERY_NET.name ? `MysteryNet, ${widths}-3` : `${name}`
  return [
    `${title}: a picture that is a neural network, computed for every pixel, sharp at any size.`,
    `${kind}; ${countMultiplyAdds(folded).toLocaleString('en')} multiply-adds a pixel.`,
    `Written by vexel ${version} from ${fileName}. The code is vexel's, MIT licence; the weights are those of the file and of whoever trained them.`,
  ].map(oneLine)
}

/** A text that stays within a comment of one line, in GLSL, JavaScript or Python: a backslash at its end would go on with the next line. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{C}\p{Zl}\p{Zp}\\]/gu, ' ')
    .replaceAll('*/', '* /')
    .replaceAll('"""', "'''")
    .trim()
}

/** A layer's name, which is a stranger's, as a comment takes it in any language, within a template of JavaScript, too. */
export function layerName(name: string): string {
  return name.replace(/[^\w.-]/g, '_')
}
