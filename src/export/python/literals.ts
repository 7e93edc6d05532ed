// Values of a network as Python writes them.

import { type Frame, frameAspect } from '../../model/frame.js'
import { toneOf } from '../../model/tone.js'

/** A matrix [rows, columns], a row a line. */
export function pythonMatrix(values: ArrayLike<number>, columns: number, indent: string): string {
  const rows = Array.from({ length: values.length / columns }, (_, row) =>
    Array.from({ length: columns }, (_, column) => pythonNumber(values[row * columns + column])).join(', '),
  )
  return `[\n${rows.map(row => `${indent}    [${row}],\n`).join('')}${indent}]`
}

export function pythonVector(values: ArrayLike<number>): string {
  return `[${Array.from(values, pythonNumber).join(', ')}]`
}

function pythonNumber(value: number): string {
  return String(value)
}

/** The frame's numbers, for a function that draws. */
export function frameLines(frame: Frame): string[] {
  return [
    `LEFT, RIGHT = ${frame.x.join(', ')}  # x at the left and the right outer edge of the picture`,
    `TOP, BOTTOM = ${frame.y.join(', ')}  # y at the upper and the lower one`,
    `ASPECT = ${frameAspect(frame)}  # width : height`,
  ]
}

/** The displayed colour from the raw outputs, as an expression of numpy or torch. Twin: applyTone() in src/model/tone.ts. */
export function toneExpression(frame: Frame, raw: string, library: 'np' | 'torch'): string {
  const { scale, offset, logistic, swapRedBlue } = toneOf(frame)
  const scaled = scale === 1 ? raw : `${raw} * ${scale}`
  const value = offset === 0 ? scaled : `${scaled} + ${offset}`
  const toned = logistic ? `1 / (1 + ${library}.exp(-(${value})))` : value
  return swapRedBlue ? `(${toned})[..., [2, 1, 0]]` : toned
}

/** A function that writes rows of levels as a PNG, of Python's own library alone: it needs struct and zlib. */
export const WRITE_PNG = `def write_png(path, rows, width, height):
    """Writes rows of 3 * width bytes each as a PNG."""
    lines = b"".join(b"\\0" + row for row in rows)
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b"")]
    with open(path, "wb") as file:
        file.write(b"\\x89PNG\\r\\n\\x1a\\n")
        for name, data in chunks:
            file.write(struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)))`
