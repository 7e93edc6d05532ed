// The script of a lab's page, which is one file: <vexel-flag>, all of it. Its drawing workers are started from the same text.

import { answerTileRequests } from '../../draw/tile-answers.js'
import '../index.js'

if (!('document' in globalThis)) answerTileRequests()
