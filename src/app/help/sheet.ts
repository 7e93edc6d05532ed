// The sheet of help: what one can do here, the keys, and what vexel is. Templates only.

import './help.css'
import { html, type TemplateResult } from 'lit-html'
import { version } from '../../../package.json'
import { CAPTIONS } from '../terms/captions.js'
import { TERMS } from '../terms/table.js'
import { KEY_PLACES, type KeyPlace, keysOf } from '../keys.js'

export interface SheetActions {
  readonly openNetwork: () => void
  readonly trainPicture: () => void
  readonly showTour: () => void
  readonly toggleFullScreen: () => void
  readonly close: () => void
}

export function sheetTemplate(sentence: string, actions: SheetActions): TemplateResult {
  const leave = (act: () => void) => () => {
    actions.close()
    act()
  }
  const places = Object.keys(KEY_PLACES) as KeyPlace[]
  return html`
    <div class="sheet-head">
      <h2 id="help-title">vexel</h2>
      <button type="button" class="close" aria-label="Close the help" @click=${actions.close}>×</button>
    </div>
    <p>${sentence} Each was trained until it paints one flag; what you see is computed, at any depth.</p>
    <div class="buttons">
      <button type="button" @click=${leave(actions.showTour)}>Show me</button>
      <button type="button" @click=${leave(actions.openNetwork)}>Open a network…</button>
      <button type="button" @click=${leave(actions.trainPicture)}>Train a picture…</button>
      <button type="button" @click=${leave(actions.toggleFullScreen)}>Full screen</button>
    </div>
    <p>
      Click a flag to fly into it. Drag, wheel, pinch and double-tap move and zoom at the pointer. Drop a network
      anywhere, and it is opened and solved; drop a picture or paste one, and it is trained.
    </p>
    <div class="key-lists">
      ${places.map(
        place =>
          html`<section aria-labelledby=${`keys-${place}`}>
            <h3 id=${`keys-${place}`}>${KEY_PLACES[place]}</h3>
            <dl class="keys">
              ${keysOf(place).map(
                ({ shown, does }) =>
                  html`<dt>${shown.map(key => html`<kbd>${key}</kbd> `)}</dt>
                    <dd>${does}</dd>`,
              )}
            </dl>
          </section>`,
      )}
    </div>
    ${explained('captions-title', 'What you look at', Object.values(CAPTIONS))}
    ${explained('terms-title', 'Words', Object.values(TERMS))}
    <section aria-labelledby="about-title">
      <h3 id="about-title">About</h3>
      <dl class="facts">
        <dt>Version</dt>
        <dd>${version}</dd>
        <dt>Licence</dt>
        <dd>MIT; the source is that of the npm package <i>vexel</i></dd>
        <dt>Flags</dt>
        <dd>public-domain artwork of svg-country-flags</dd>
        <dt>Names</dt>
        <dd>world-countries, Open Database License 1.0</dd>
        <dt>Browsers</dt>
        <dd>Chrome or Edge 110, Firefox 115, Safari 16.4, or newer</dd>
        <dt>Privacy</dt>
        <dd>nothing that you open is uploaded anywhere</dd>
      </dl>
    </section>
  `
}

function explained(id: string, title: string, entries: readonly { name: string; text: string }[]): TemplateResult {
  return html`<section aria-labelledby=${id}>
    <h3 id=${id}>${title}</h3>
    <dl class="terms">
      ${entries.map(
        ({ name, text }) =>
          html`<dt>${name}</dt>
            <dd>${text}</dd>`,
      )}
    </dl>
  </section>`
}
