// The wall that most tests see: some flags of the gallery. All of them take four seconds of a core to load and draw, for every page; what is about the
// wall as a whole has the whole one.

import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** Easy and sharp ones, wide and narrow, with and without a film, with names that people say otherwise. */
const CODES = 'ad ag at bb br cc ch cu de es fr gb ir jp mk my nl np qa sz tr us za'.split(' ')

/** Answers for the list of flags; false for everything else. */
export function answerWithFewFlags(request: IncomingMessage, response: ServerResponse): boolean {
  if (!/^\/flags\/flags\.json(?:\?|$)/.test(request.url ?? '')) return false
  const list = JSON.parse(readFileSync('dist/flags/flags.json', 'utf8')) as { flags: { code: string }[] }
  const flags = list.flags.filter(({ code }) => CODES.includes(code))
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ...list, flags }))
  return true
}
