// What is inside a flag element: the picture's canvas, what stands in before it, what is said in its place, and how it all looks.

import { FALLBACK_ASPECT } from '../model/frame.js'

const CSS = `
:host {
  display: inline-block;
  inline-size: 300px;
  position: relative;
  overflow: hidden;
  contain: layout paint style;
  vertical-align: middle;
}
:host([hidden]) { display: none; }
[part='stage'] { position: absolute; inset: 0; outline: none; background: var(--vexel-background, transparent); }
[part='stage']:focus-visible { outline: var(--vexel-focus-ring, 2px solid Highlight); outline-offset: -2px; }
[part='stage'][data-interactive] { cursor: grab; touch-action: none; user-select: none; -webkit-user-select: none; }
[part='stage'][data-interactive]:active { cursor: grabbing; }
canvas { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; visibility: hidden; }
[part='stage'][data-drawn] canvas { visibility: visible; }
[part='poster'], ::slotted([slot='poster']) { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; object-fit: contain; }
[part='stage'][data-drawn] :is([part='poster'], slot) { display: none; }
[part='message'] {
  position: absolute; inset: 0; display: grid; place-content: center; padding: 0.5em; box-sizing: border-box; overflow: auto;
  background: var(--vexel-message-background, #14161a); color: var(--vexel-message-color, #e8e6e3);
  font: 0.875rem/1.4 system-ui, sans-serif; text-align: center; overflow-wrap: anywhere;
}
[part='hint'] {
  position: absolute; inset-inline: 0; inset-block-end: 0; padding: 0.4em 0.6em; pointer-events: none; text-align: center;
  background: rgb(20 22 26 / 85%); color: #fff; font: 0.875rem/1.4 system-ui, sans-serif;
}
[part='message'][hidden], [part='hint'][hidden], [part='poster']:not([src]) { display: none; }
`

export interface Shell {
  readonly stage: HTMLElement
  readonly canvas: HTMLCanvasElement
  readonly poster: HTMLImageElement
  readonly message: HTMLElement
  readonly hint: HTMLElement
  /** Sets width by height of the place that the page does not size otherwise. */
  setAspect(aspect: number): void
}

/** Fills a shadow root. */
export function createShell(root: ShadowRoot): Shell {
  const aspectSheet = new CSSStyleSheet()
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(CSS)
  // Sheets of the document's making pass every content policy, style elements do not.
  root.adoptedStyleSheets = [sheet, aspectSheet]
  const stage = part('div', 'stage')
  stage.setAttribute('role', 'img')
  const canvas = part('canvas', 'picture')
  canvas.setAttribute('aria-hidden', 'true')
  const poster = part('img', 'poster')
  poster.alt = ''
  const slot = document.createElement('slot')
  slot.name = 'poster'
  const message = part('div', 'message')
  message.hidden = true
  const hint = part('div', 'hint')
  hint.hidden = true
  stage.append(canvas, poster, slot)
  root.append(stage, message, hint)
  const setAspect = (aspect: number) => aspectSheet.replaceSync(`:host { aspect-ratio: ${aspect}; }`)
  setAspect(FALLBACK_ASPECT)
  return { stage, canvas, poster, message, hint, setAspect }
}

function part<K extends keyof HTMLElementTagNameMap>(tag: K, name: string): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  element.setAttribute('part', name)
  return element
}
