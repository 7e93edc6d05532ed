// A vite plugin: headers on every answer of the development and the preview server. Their own `headers` options leave out the 304s, and
// WebKit refuses a worker whose revalidated answer lacks those of cross-origin isolation: after a reload nothing worked.

import type { Connect, Plugin } from 'vite'

type Headers = Readonly<Record<string, string>>

/** @param built what the preview server sends besides: the development server's own scripts stand in the page */
export function headersOnEveryAnswer(headers: Headers, built: Headers = {}): Plugin {
  const sending =
    (sent: Headers): Connect.NextHandleFunction =>
    (_request, response, next) => {
      for (const [name, value] of Object.entries(sent)) response.setHeader(name, value)
      next()
    }
  return {
    name: 'headers-on-every-answer',
    configureServer: ({ middlewares }) => {
      middlewares.use(sending(headers))
    },
    configurePreviewServer: ({ middlewares }) => {
      middlewares.use(sending({ ...headers, ...built }))
    },
  }
}
