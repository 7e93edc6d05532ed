// The built page with a wall of three flags, the nets that PyTorch trained: what is drawn can be told from their files alone.

import { serveSite, type Site } from '../../src/cli/site/site.js'
import { oracleFile } from '../browser/pages.js'

const FLAGS = [
  { code: 'jp', name: 'Japan', net: 'japan', aspect: 320 / 213 },
  { code: 'my', name: 'Malaysia', net: 'malaysia', aspect: 2 },
  { code: 'us', name: 'United States', net: 'usa', aspect: 320 / 169 },
] as const

/** Serves the page with these flags in place of its own. @param base begins and ends with a slash */
export async function serveOracleWall(base: string): Promise<Site> {
  return await serveSite('dist', base, true, (request, response) => {
    const file = /^\/flags\/([^?]+)/.exec(request.url ?? '')?.[1]
    if (file === undefined) return false
    const flags = FLAGS.map(({ code, name, aspect }) => {
      return { code, name, file: `${code}.safetensors`, width: 320, height: Math.round(320 / aspect) }
    })
    const flag = FLAGS.find(({ code }) => file === `${code}.safetensors`)
    response.writeHead(200).end(flag ? oracleFile(flag.net) : JSON.stringify({ flags }))
    return true
  })
}
