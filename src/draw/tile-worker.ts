// The file that a drawing worker is started from.

import { answerTileRequests } from './tile-answers.js'

answerTileRequests()
