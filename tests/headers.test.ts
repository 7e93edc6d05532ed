// The headers that make a page cross-origin isolated stand on every answer of `npm start` and `npm run dev`, also on those that say
// that nothing has changed: WebKit refuses a worker whose revalidated answer lacks them. `npm start` sends the page's policy besides.

import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createServer, preview } from 'vite'
import { CONTENT_POLICY, ISOLATION_HEADERS } from '../src/cli/site/isolation.js'

function ask(port: number, path: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers }, response => {
      response.resume()
      response.on('end', () => resolve(response))
    }).on('error', reject)
  })
}

const SERVERS = {
  'npm start': async () => {
    const server = await preview({ logLevel: 'silent', preview: { port: 0, host: '127.0.0.1', open: false } })
    return {
      http: server.httpServer as Server,
      close: () => server.close(),
      path: '/flags/my.safetensors',
      policy: CONTENT_POLICY,
    }
  },
  'npm run dev': async () => {
    const server = await createServer({
      logLevel: 'silent',
      server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
      optimizeDeps: { noDiscovery: true },
    })
    await server.listen()
    return {
      http: server.httpServer as unknown as Server,
      close: () => server.close(),
      path: '/src/app/wheel.ts',
      policy: undefined,
    }
  },
}

describe.each(Object.entries(SERVERS))('%s', (_, start) => {
  let served: Awaited<ReturnType<typeof start>>
  beforeAll(async () => {
    served = await start()
  })
  afterAll(async () => {
    await served?.close()
  })

  test('sends them with what is new, what has not changed, and what is not there', async () => {
    const { port } = served.http.address() as AddressInfo
    const first = await ask(port, served.path)
    const second = await ask(port, served.path, { 'If-None-Match': first.headers.etag ?? '' })
    const missing = await ask(port, '/flags/nowhere.safetensors')
    expect([first.statusCode, second.statusCode]).toEqual([200, 304])
    for (const { headers } of [first, second, missing]) expect(headers['content-security-policy']).toBe(served.policy)
    for (const { headers } of [first, second, missing])
      for (const [name, value] of Object.entries(ISOLATION_HEADERS)) expect(headers[name.toLowerCase()]).toBe(value)
  })
})
