// The script of a page that is one file: a flag that fills the window. Its drawing workers are started from the same text.

import { answerTileRequests } from '../../draw/tile-answers.js'
import { openPage } from './flag-page.js'

if ('document' in globalThis) void openPage()
else answerTileRequests()
