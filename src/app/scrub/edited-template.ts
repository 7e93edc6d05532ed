// Beside the title, as long as what is seen is not the file as it came: that it is edited, the comparison, and the ways back.

import { html, type TemplateResult } from 'lit-html'
import type { Page } from '../page.js'
import { holdButton } from './hold-button.js'
import type { ScrubSession } from './session.js'
import './edited.css'

/** @param compareBeside what a short press on Compare does */
export function editedTemplate(session: ScrubSession, { messages }: Page, compareBeside: () => void): TemplateResult {
  const attempt = (action: () => void) => () => void messages.attempt(action)
  return html`<span class="edited" role="group" aria-label="Edits">
    <span class="edited-word">edited</span>
    ${holdButton(session, 'Compare', false, compareBeside)}
    <button type="button" title="Undo (Ctrl+Z)" ?disabled=${!session.canUndo} @click=${attempt(() => session.undo())}>
      Undo
    </button>
    <button
      type="button"
      title="The file’s own values; Ctrl+Z brings the edits back"
      @click=${attempt(() => session.reset())}
    >
      Reset
    </button>
  </span>`
}
