// Form fields in lit-html templates.

import { html, noChange, type TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'

/** A field's text off the state, but not while a person is typing into it. */
export function unlessTyping(id: string, text: string): typeof noChange | ReturnType<typeof live> {
  return document.activeElement?.id === id ? noChange : live(text)
}

/** What stands in the field that an event is of. */
export function valueOf(event: Event): string {
  return (event.target as HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement).value
}

/** A number's field in a row with its label. @param change told what stands in it while a person types */
export function decimalRow(id: string, label: string, text: string, change: (text: string) => void): TemplateResult {
  return html`<label class="row"
    ><span>${label}</span>
    <input
      type="text"
      inputmode="decimal"
      autocomplete="off"
      id=${id}
      .value=${unlessTyping(id, text)}
      @input=${(event: Event) => change(valueOf(event))}
    />
  </label>`
}
