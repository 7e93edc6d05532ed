// What the command line says. Names of files, of flags and of tensors are a stranger's: what would move a terminal's cursor, colour it, or
// turn the direction of text is written as its code point, here and nowhere else.

/** Controls, formats (bidi marks, BOM), surrogates, private use, unassigned, line and paragraph separators; not the line end. */
const UNSEEN = /(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu

/** A text in which nothing is unseen. */
export function visible(text: string): string {
  return text.replace(UNSEEN, character => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}

/** Says a line on stderr. */
export function tell(line: string): void {
  process.stderr.write(`${visible(line.replaceAll('\n', ' '))}\n`)
}

/** Prints a result of one line or several on stdout. */
export function print(text: string): void {
  process.stdout.write(`${visible(text)}\n`)
}

/** Prints a result as JSON on stdout, in one line unless it is indented. */
export function printJson(value: unknown, indent?: number): void {
  process.stdout.write(`${jsonText(value, indent)}\n`)
}

/** JSON in which nothing is unseen: it stands in strings only, where an escape means the same. */
function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(UNSEEN, character =>
    [...Array(character.length).keys()]
      .map(i => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}
