// Form fields in lit-html templates.

import { noChange } from 'lit-html'
import { live } from 'lit-html/directives/live.js'

/** A field's text off the state, but not while a person is typing into it. */
export function unlessTyping(id: string, text: string): typeof noChange | ReturnType<typeof live> {
  return document.activeElement?.id === id ? noChange : live(text)
}

/** What stands in the field that an event is of. */
export function valueOf(event: Event): string {
  return (event.target as HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement).value
}
