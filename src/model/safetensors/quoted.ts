// How a string from a file nobody vouches for gets into a one-line message: cut short, and nothing in it that could
// break the line, move the cursor or turn the reading direction.

/** The most characters of a foreign string that a message shows. */
const QUOTED_LENGTH = 60

// Controls, formats (bidi marks, BOM), surrogates, private use, unassigned, line and paragraph separators, quote, backslash.
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}"\\]/u

/** Puts a foreign string in double quotes, escaped and cut to about 60 characters; a cut one ends in an ellipsis. */
export function quoted(text: string): string {
  let shown = ''
  for (const character of text) {
    const piece = escaped(character)
    if (shown.length + piece.length > QUOTED_LENGTH) return `"${shown}…"`
    shown += piece
  }
  return `"${shown}"`
}

function escaped(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`
  return UNPRINTABLE.test(character) ? `\\u{${character.codePointAt(0)?.toString(16)}}` : character
}
