// A vite plugin: headers on every answer of the development and the preview server. Their own `headers` options leave out the 304s, and
// WebKit refuses a worker whose revalidated answer lacks those of cross-origin isolation: after a reload nothing worked.

import type { Connect, Plugin } from 'vite'

export function headersOnEveryAnswer(headers: Readonly<Record<string, string>>): Plugin {
  const middleware: Connect.NextHandleFunction = (_request, response, next) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    next()
  }
  return {
    name: 'headers-on-every-answer',
    configureServer: ({ middlewares }) => {
      middlewares.use(middleware)
    },
    configurePreviewServer: ({ middlewares }) => {
      middlewares.use(middleware)
    },
  }
}
