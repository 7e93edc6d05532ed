// A folder as any static host serves it: no headers but those asked for.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import sirv from 'sirv'

export interface StaticHost {
  /** With a slash at the end. */
  readonly url: string
  close(): Promise<void>
}

/** @param headers of every answer */
export async function serveFolder(folder: string, headers: Readonly<Record<string, string>> = {}): Promise<StaticHost> {
  const handler = sirv(folder, { dev: true })
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    if (request.url === '/favicon.ico') response.writeHead(204).end()
    else handler(request, response, () => void response.writeHead(404).end())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      // A browser holds sockets open that it never used: the server would wait a minute for their first request.
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
