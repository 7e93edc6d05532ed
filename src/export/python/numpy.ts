// A flag as one Python file that needs numpy alone: the weights are its text.

import type { FoldedNetwork } from '../../model/fold.js'
import { denseWeight } from '../../model/layers/blocks.js'
import type { Activation } from '../../model/layers/kinds.js'
import { geluTail, hornerText } from '../gelu-tail.js'
import { describeSubject, type ExportSubject, layerName } from '../subject.js'
import { bendText, plainLayerText } from './functions.js'
import { frameLines, pythonMatrix, pythonVector, toneExpression, WRITE_PNG } from './literals.js'

/** @param folded the subject's network with the constants that are written @param note what these cost */
export function numpyText(subject: ExportSubject, folded: FoldedNetwork, note: string): string {
  const { frame } = subject
  const functions = new Map<string, string>()
  const nameOf = (activation: Activation) => {
    const text = activation.kind === 'gelu' ? geluText() : `return ${bendText(activation, 'np', '')}`
    const name = [...functions].find(([, known]) => known === text)?.[0] ?? `${activation.kind}${functions.size || ''}`
    functions.set(name, text)
    return name
  }
  const layers = folded.layers.map(layer => {
    const { name, inDim, outDim, activation, bias } = layer
    const weight = pythonMatrix(denseWeight(layer), inDim, '    ')
    return `    # ${layerName(name)}: ${inDim} to ${outDim}\n    (np.array(${weight}),\n     np.array(${pythonVector(bias)}), ${activation ? nameOf(activation) : 'None'}),\n`
  })
  const around = (layers: FoldedNetwork['encoding']) =>
    (layers ?? []).map(layer => `    x = ${plainLayerText(layer, 'np', 'axis')}\n`).join('')
  return `"""
${[...describeSubject(subject), note].join('\n')}

    python3 FILE.py flag.png 640      draws the whole of it, 640 pixels wide
    python3 FILE.py star.png 640 9 0.4 0.25    nine times as near, around 0.4 from the left and 0.25 from the top
"""

import struct
import sys
import zlib

import numpy as np

${frameLines(frame).join('\n')}

${[...functions].map(([name, text]) => `\ndef ${name}(x):\n    ${text}\n\n\n`).join('')}# Weight [outputs, inputs], bias, and the function that follows.
LAYERS = [
${layers.join('')}]


def network(points):
    """Raw outputs [n, 3] at points [n, 2], the inputs in the order in which the net takes them."""
    x = points
${around(folded.encoding)}    for weight, bias, bend in LAYERS:
        x = x @ weight.T + bias
        if bend:
            x = bend(x)
${around(folded.ending)}    return x


def draw(width=640, zoom=1.0, u=0.5, v=0.5):
    """The picture [height, width, 3], 8 bits a channel; (u, v) is in its middle, from 0 to 1 from the upper left."""
    height = max(1, round(width / ASPECT))
    x = LEFT + (u + ((np.arange(width) + 0.5) / width - 0.5) / zoom) * (RIGHT - LEFT)
    rows = []
    for row in range(height):
        y = TOP + (v + ((row + 0.5) / height - 0.5) / zoom) * (BOTTOM - TOP)
        points = np.stack([${frame.order === 'xy' ? 'x, np.full(width, y)' : 'np.full(width, y), x'}], axis=-1)
        rows.append(${toneExpression(frame, 'network(points)', 'np')})
    return np.floor(np.clip(np.stack(rows), 0, 1) * 255 + 0.5).astype(np.uint8)


${WRITE_PNG}


if __name__ == "__main__":
    path, *numbers = sys.argv[1:] or ["flag.png"]
    width = int(numbers.pop(0)) if numbers else 640
    picture = draw(width, *map(float, numbers))
    write_png(path, (row.tobytes() for row in picture), width, len(picture))
`
}

/** The body of exact GELU. */
function geluText(): string {
  const { coefficients, clamp } = geluTail()
  return `"""Exact (erf) GELU: x Phi(x) = max(x, 0) - |x| Phi(-|x|), and the logarithm of Phi as a polynomial."""
    a = np.minimum(np.abs(x), ${clamp})
    return np.maximum(x, 0) - np.abs(x) * np.exp2(${hornerText(coefficients, 'a')})`
}
