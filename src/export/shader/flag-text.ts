// What every host's shader has in common: its activations, the network, and the colour of a point of the picture by frame and tone. A host's own
// file adds where its pixels lie.

import type { FoldedNetwork } from '../../model/fold.js'
import { type Frame, frameAspect } from '../../model/frame.js'
import { toneOf } from '../../model/tone.js'
import { constantText } from './constants.js'
import { type Dialect, GLSL } from './dialect.js'
import { networkText } from './network-text.js'

/** Width : height of the picture, as a constant. */
export function aspectText(frame: Frame): string {
  return constantText(Number(frameAspect(frame).toPrecision(7)))
}

/** Source that defines flagColour(uv), a function of two coordinates that gives three; GLSL is that of ES 1.00, and so of all later ones. */
export function flagText(folded: FoldedNetwork, frame: Frame, dialect: Dialect = GLSL): string {
  return `${networkText(folded, dialect)}\n\n${colourText(frame, dialect)}`
}

/** The frame and the tone of src/model as a function. Twin: applyTone() in src/model/tone.ts. */
function colourText(frame: Frame, { vec2, vec3, head, declared }: Dialect): string {
  const { x, y, order } = frame
  const { scale, offset, logistic, swapRedBlue } = toneOf(frame)
  const pair = (a: number, b: number) => `${vec2}(${constantText(a)}, ${constantText(b)})`
  const raw = `network(${order === 'xy' ? 'plane' : 'plane.yx'})`
  const scaled = scale === 1 ? raw : `${raw} * ${constantText(scale)}`
  const value = offset === 0 ? scaled : `${scaled} + ${constantText(offset)}`
  const all = (constant: string) => `${vec3}(${constant})`
  const toned = logistic ? `1.0 / (1.0 + exp(-clamp(value, ${all('-80.0')}, ${all('80.0')})))` : 'value'
  return [
    '// The sRGB colour at uv: (0, 0) is the top left corner of the picture, (1, 1) the bottom right one, and around it is what the net paints there.',
    `${head('flagColour', 'uv', 'vec3')} {`,
    `  ${declared('vec2', 'plane')} = ${pair(x[0], y[0])} + uv * ${pair(x[1] - x[0], y[1] - y[0])};`,
    `  ${declared('vec3', 'value')} = ${value};`,
    `  return clamp(${toned}, ${all('0.0')}, ${all('1.0')})${swapRedBlue ? '.bgr' : ''};`,
    '}',
  ].join('\n')
}
