// The button that shows the file's own picture while it is held, by pointer or by key.

import { html, type TemplateResult } from 'lit-html'
import type { ScrubSession } from './session.js'

/** @param isOff whether there is nothing to compare */
export function holdButton(session: ScrubSession, text: string, isOff: boolean): TemplateResult {
  return html`<button
    type="button"
    title="Hold to see the file’s own picture (O)"
    aria-pressed=${session.isComparing}
    ?disabled=${isOff || session.isUnedited}
    @pointerdown=${() => hold(session, true)}
    @pointerup=${() => hold(session, false)}
    @pointerleave=${() => hold(session, false)}
    @pointercancel=${() => hold(session, false)}
    @contextmenu=${(event: Event) => event.preventDefault()}
    @keydown=${(event: KeyboardEvent) => onHoldKey(session, event, true)}
    @keyup=${(event: KeyboardEvent) => onHoldKey(session, event, false)}
    @blur=${() => hold(session, false)}
  >
    ${text}
  </button>`
}

function hold(session: ScrubSession, isHeld: boolean): void {
  session.isComparing = isHeld && !session.isUnedited
}

function onHoldKey(session: ScrubSession, event: KeyboardEvent, isHeld: boolean): void {
  if (event.key !== ' ' && event.key !== 'Enter') return
  event.preventDefault()
  hold(session, isHeld)
}
