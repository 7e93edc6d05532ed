// `vexel/element`: importing it defines <vexel-flag>, and does nothing else. Where there is no DOM it does nothing at all.

import { VexelFlagElement } from './flag-element.js'

export { VexelFlagElement }

declare global {
  interface HTMLElementTagNameMap {
    'vexel-flag': VexelFlagElement
  }
}

if (globalThis.customElements && !customElements.get('vexel-flag'))
  customElements.define('vexel-flag', VexelFlagElement)
