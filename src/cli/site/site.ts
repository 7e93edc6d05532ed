// The built site served on the loopback, for the commands that need a browser.

import { existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import sirv from 'sirv'
import { UnsupportedError } from '../../model/errors.js'
import { ISOLATION_HEADERS } from './isolation.js'

export interface Site {
  /** Ends with a slash. */
  readonly url: string
  close(): Promise<void>
}

/** The folder of the built site, beside the built command line. */
export const SITE_FOLDER = fileURLToPath(new URL('../dist/', import.meta.url))

/**
 * Serves a folder on a free port of the loopback.
 * @param base the path it is served under; begins and ends with a slash
 * @param isIsolated whether pages may share memory between their workers
 * @param answer is asked first, with the address below the base; false leaves it to the folder
 * @throws UnsupportedError when the site is not built
 */
export async function serveSite(
  folder = SITE_FOLDER,
  base = '/',
  isIsolated = true,
  answer: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
): Promise<Site> {
  if (!existsSync(`${folder}/index.html`)) throw new UnsupportedError('the site is not built: run npm run build')
  const handler = sirv(folder, { dev: true })
  const server = createServer((request, response) => {
    if (isIsolated) for (const [name, value] of Object.entries(ISOLATION_HEADERS)) response.setHeader(name, value)
    if (!request.url?.startsWith(base)) {
      response.writeHead(404).end()
      return
    }
    request.url = request.url.slice(base.length - 1)
    if (answer(request, response)) return
    handler(request, response, () => {
      response.writeHead(404).end()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}${base}`,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
