import { defineConfig } from 'vite'
import { CONTENT_POLICY, ISOLATION_HEADERS } from './src/cli/site/isolation.js'
import { assemblyscript } from './vite-assemblyscript.js'
import { flagPage } from './vite-flag-page.js'
import { headersOnEveryAnswer } from './vite-headers.js'

// The site: relative addresses, so that dist/ works from any sub-folder of a static host.
export default defineConfig({
  base: './',
  plugins: [
    assemblyscript(),
    flagPage(),
    headersOnEveryAnswer(ISOLATION_HEADERS, { 'Content-Security-Policy': CONTENT_POLICY }),
  ],
  worker: { format: 'es', plugins: () => [assemblyscript()] },
  build: {
    target: 'es2022',
    rollupOptions: { input: { index: 'index.html', bench: 'bench.html', encoder: 'encoder.html' } },
  },
})
