// The script of a lab's page, which is one file: <vexel-flag>, all of it. Its drawing workers are started from the same text.

import { answerTileRequests } from '../../draw/tile-answers.js'
import { VexelFlagElement } from '../flag-element.js'

if ('document' in globalThis) customElements.define('vexel-flag', VexelFlagElement)
else answerTileRequests()
