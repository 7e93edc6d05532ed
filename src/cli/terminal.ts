// What a command reads from, says and ends with: the process's own streams, or a test's. Names of files, of flags and of tensors are a stranger's: what would move a terminal's cursor, colour it, or
// turn the direction of text is written as its code point, here and nowhere else.

import { EXIT } from './failure.js'

/** Controls, formats (bidi marks, BOM), surrogates, private use, unassigned, line and paragraph separators; not the line end. */
const UNSEEN = /(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu

/** A text in which nothing is unseen. */
export function visible(text: string): string {
  return text.replace(UNSEEN, character => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}

/** Where a command is called. What it says can be handed on by itself: `terminal.tell`. */
export class Terminal {
  /** What the call ends with, unless something is thrown. */
  exitCode: number = EXIT.ok

  /** @param stderr `isTTY` where somebody looks on, who is shown bars and percentages */
  constructor(
    readonly stdin: AsyncIterable<Uint8Array>,
    readonly stdout: NodeJS.WritableStream,
    readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean },
  ) {}

  /** Says a line on stderr. */
  readonly tell = (line: string): void => {
    this.stderr.write(`${visible(line.replaceAll('\n', ' '))}\n`)
  }

  /** Prints a result of one line or several on stdout. */
  readonly print = (text: string): void => {
    this.stdout.write(`${visible(text)}\n`)
  }

  /** Prints a result as JSON on stdout, in one line unless it is indented. */
  readonly printJson = (value: unknown, indent?: number): void => {
    this.stdout.write(`${jsonText(value, indent)}\n`)
  }
}

/** JSON in which nothing is unseen: it stands in strings only, where an escape means the same. */
function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(UNSEEN, character =>
    [...Array(character.length).keys()]
      .map(i => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}
