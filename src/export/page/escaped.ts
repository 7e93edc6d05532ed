// Text that stands in HTML.

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** A text, or the value of an attribute in double quotation marks: nothing in it is markup, and nothing breaks a line. */
export function escaped(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ').replace(/[&<>"]/g, letter => ENTITIES[letter])
}
