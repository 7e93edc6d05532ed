// JSON that a stranger may have written.

/** Deeper than anything that vexel writes or reads; far from where recursion ends the stack. */
const MAX_DEPTH = 64

/**
 * Parses JSON that is not nested too deeply: whoever writes a value into a message, or compares two, walks down into it.
 * @throws SyntaxError when it is no JSON, or deeper than 64 lists and objects
 */
export function parseJson(text: string): unknown {
  let depth = 0
  let isInString = false
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (isInString) {
      if (character === '\\') i++
      else if (character === '"') isInString = false
    } else if (character === '"') isInString = true
    else if (character === '[' || character === '{') {
      if (++depth > MAX_DEPTH) throw new SyntaxError(`nested more than ${MAX_DEPTH} deep`)
    } else if (character === ']' || character === '}') depth--
  }
  return JSON.parse(text)
}
