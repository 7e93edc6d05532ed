// How what a file says of itself gets onto one short line of text, wherever it is printed.

const NAME_LENGTH = 60
const SHAPE_AXES = 8

/** A name from a file, cut and escaped so that it stays one short line. */
export function printableName(name: string): string {
  const cut = name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH - 1)}…` : name
  // Controls, formats (bidi marks, BOM), surrogates, private use, unassigned, line and paragraph separators.
  return cut.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, c => `\\u{${c.codePointAt(0)?.toString(16)}}`)
}

/** A shape as [32, 16]; of one with a million axes the first few. */
export function shapeText(shape: readonly number[]): string {
  const shown = shape.slice(0, SHAPE_AXES).join(', ')
  return shape.length > SHAPE_AXES ? `[${shown}, … ${shape.length} axes]` : `[${shown}]`
}
