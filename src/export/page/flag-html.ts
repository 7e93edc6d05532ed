// A flag as one page that needs nothing else: the weights, what draws them, a little style. Its own policy lets it fetch nothing.

import { describeSubject, type ExportSubject } from '../subject.js'
import { base64 } from './base64.js'
import { escaped } from './escaped.js'
import { PAGE_IDS } from './page-ids.js'

export interface PageParts {
  /** What draws: the text of src/element/page, built. */
  readonly script: string
  /** The network as a packed file. */
  readonly net: Uint8Array
  /** The film of its training as a packed file; null for a picture that does not move. */
  readonly film: Uint8Array | null
}

/** Nothing is fetched: scripts stand in the page, workers come from it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'wasm-unsafe-eval' blob:",
  'worker-src blob:',
  "style-src 'unsafe-inline'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

// A page without an icon asks its server for one.
const ICON = 'data:,'

const STYLE = `
:root { color-scheme: light dark; --ground: #f4f2ee; --ink: #22252b; --raised: rgb(255 255 255 / 88%); }
@media (prefers-color-scheme: dark) { :root { --ground: #14161a; --ink: #e8e6e3; --raised: rgb(20 22 26 / 88%); } }
html, body { margin: 0; height: 100%; overflow: hidden; background: var(--ground); color: var(--ink); font: 0.9375rem/1.4 system-ui, sans-serif; }
main { display: flex; flex-direction: column; height: 100%; }
h1 { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); }
#stage { position: relative; flex: 1; min-height: 0; outline: none; cursor: grab; touch-action: none; user-select: none; -webkit-user-select: none; }
#stage:active { cursor: grabbing; }
#stage:focus-visible { outline: 2px solid Highlight; outline-offset: -2px; }
#picture { position: absolute; inset: 0; width: 100%; height: 100%; visibility: hidden; }
[data-drawn] #picture { visibility: visible; }
#message { position: absolute; inset: 0; display: grid; place-content: center; margin: 0; padding: 1em; text-align: center; overflow-wrap: anywhere; background: var(--ground); }
#film-bar { display: flex; align-items: center; gap: 0.6rem; padding: 0.4rem 0.7rem; background: var(--raised); }
#film-bar button { min-width: 2.75rem; min-height: 2.75rem; font: inherit; }
#film-bar input { flex: 1; min-width: 4rem; min-height: 2.75rem; }
#film-bar output { min-width: 7.5em; font-variant-numeric: tabular-nums; }
[hidden] { display: none !important; }
`

const KEYS = 'drag to move; wheel, pinch, + and - to zoom; 0 for the whole'

/** Writes the page. */
export function flagHtml(subject: ExportSubject, { script, net, film }: PageParts): string {
  const { stage, canvas, message, bar } = PAGE_IDS
  const title = escaped(subject.title)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<link rel="icon" href="${ICON}">
<title>${title}</title>
<!--
${describeSubject(subject).map(commented).join('\n')}
This page is whole: nothing is fetched. A view stands in its address: #x=0.2&y=-0.1&zoom=40.
It contains parts of gl-matrix, MIT licence.
-->
<style>${STYLE}</style>
<body>
<main>
<h1>${title}</h1>
<div id="${stage}" tabindex="0" role="application" aria-roledescription="zoomable picture" aria-label="${title}" aria-description="${KEYS}" title="${KEYS}"><canvas id="${canvas}" aria-hidden="true"></canvas><p id="${message}" role="alert" hidden></p></div>
${film ? `<div id="${bar}" role="group" aria-label="How it was learned" hidden><button type="button" aria-label="Play">▶</button><input type="range" min="0" max="1" step="any" aria-label="Moment of the training"><output></output></div>\n` : ''}</main>
${carrier(PAGE_IDS.net, net)}
${film ? carrier(PAGE_IDS.film, film) : ''}<script type="module" id="${PAGE_IDS.script}">${script.replaceAll('</script', '<\\/script')}</script>
</body>
</html>
`
}

/** Bytes that the page's script finds again, as text that no browser runs. */
function carrier(id: string, bytes: Uint8Array): string {
  return `<script type="text/plain" id="${id}">${base64(bytes)}</script>\n`
}

/** A line that does not end its comment. */
function commented(line: string): string {
  return line.replaceAll('--', '- -').replaceAll('>', '›')
}
