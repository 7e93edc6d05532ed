// The button that shows the file's own picture while it is held, by pointer or by key. A short press may do something else.

import { html, type TemplateResult } from 'lit-html'
import type { ScrubSession } from './session.js'

/** Whoever looks holds for longer. */
const SHORT_MS = 250

/**
 * @param isOff whether there is nothing to compare
 * @param onPress called after a short press; none: it does nothing
 */
export function holdButton(
  session: ScrubSession,
  text: string,
  isOff: boolean,
  onPress: (() => void) | null = null,
): TemplateResult {
  const down = () => hold(session, true)
  const up = () => {
    const { comparingSinceMs } = session
    hold(session, false)
    if (comparingSinceMs !== null && performance.now() - comparingSinceMs < SHORT_MS) onPress?.()
  }
  const leave = () => hold(session, false)
  const isHeldBy = ({ key }: KeyboardEvent) => key === ' ' || key === 'Enter'
  return html`<button
    type="button"
    title=${onPress ? 'Hold to see the file’s own picture (O); press for a line between both (C)' : 'Hold to see the file’s own picture (O)'}
    aria-pressed=${session.isComparing}
    ?disabled=${isOff || session.isUnedited}
    @pointerdown=${down}
    @pointerup=${up}
    @pointerleave=${leave}
    @pointercancel=${leave}
    @contextmenu=${(event: Event) => event.preventDefault()}
    @keydown=${(event: KeyboardEvent) => {
      if (!isHeldBy(event)) return
      event.preventDefault()
      down()
    }}
    @keyup=${(event: KeyboardEvent) => {
      if (!isHeldBy(event)) return
      event.preventDefault()
      up()
    }}
    @blur=${leave}
  >
    ${text}
  </button>`
}

function hold(session: ScrubSession, isHeld: boolean): void {
  session.isComparing = isHeld && !session.isUnedited
}
