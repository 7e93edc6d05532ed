// Receives what bench.html posts to ?report=URL.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface ReportServer {
  readonly url: string
  /** Resolves with the body of the next report. */
  next(): Promise<string>
  close(): Promise<void>
}

/** Listens on a free port of the loopback. */
export async function serveReports(): Promise<ReportServer> {
  let receive: (body: string) => void = () => {}
  const server = createServer((request, response) => {
    void text(request).then(body => {
      // The page comes from another port.
      response.writeHead(204, { 'access-control-allow-origin': '*' }).end()
      if (request.method === 'POST') receive(body)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    next: () =>
      new Promise(resolve => {
        receive = resolve
      }),
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
