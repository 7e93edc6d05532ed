// Pages of people who know nothing of vexel but its packed tarball, from a plain static host: the element alone, a hundred of them, in a shadow
// root, in React, and from another host than the page's, as from a CDN.

import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { serveFolder } from '../browser/static-host.js'
import { oraclePath } from '../model/network-files.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** Of an element, CSS pixels. */
export const SIZE = { width: 48, height: 32 }
export const NETS = ['malaysia', 'usa', 'japan', 'nepal'] as const
export const HUNDRED = 100

const CSS = `body { margin: 0 } h1 { margin: 0; font-size: 20px } vexel-flag { width: ${SIZE.width}px; height: ${SIZE.height}px }`
/** A page that can be scrolled. */
const page = (body: string) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>a page</title>
<meta name="viewport" content="width=device-width"><style>${CSS}</style>
<body><main><h1>A page</h1>${body}<p style="margin-top: 3000px">and its end</p></main>`
const module = (place = '') => `<script type="module" src="${place}package/lib/element/element.js"></script>`
const flag = (id: string, net: string, attributes = '') =>
  `<vexel-flag id="${id}" samples="1" alt="the flag of ${net}" ${attributes} src="${net}.safetensors"></vexel-flag>`
const LED = 'interactive'

/** @param elsewhere address of the other host */
const pages = (elsewhere: string): Readonly<Record<string, string>> => ({
  'one.html': page(module() + flag('flag', 'usa', LED)),
  'hundred.html': page(
    module() + Array.from({ length: HUNDRED }, (_, i) => flag(`f${i}`, NETS[i % NETS.length])).join('\n'),
  ),
  'shadow.html': page(`<div id="host"></div>${module()}<script>
    document.getElementById('host').attachShadow({ mode: 'open' }).innerHTML =
      \`<style>${CSS}</style>${flag('flag', 'usa', 'interactive="true"')}\`
  </script>`),
  'react.html': page('<div id="root"></div><script type="module" src="react/app.js"></script>'),
  'elsewhere.html': page(module(elsewhere) + flag('flag', 'usa', LED)),
})

/** A component that knows an element of its page. */
const REACT = `import { createElement, useState } from 'react'
import { createRoot } from 'react-dom/client'
import '../package/lib/element/element.js'
function App() {
  const [net, setNet] = useState('usa')
  return createElement('div', null,
    createElement('vexel-flag', { id: 'flag', samples: 1, alt: 'a flag', interactive: true, src: net + '.safetensors' }),
    createElement('button', { onClick: () => setNet('japan') }, 'another'))
}
createRoot(document.getElementById('root')).render(createElement(App))`

export interface PackedPages {
  /** Where they are, with a slash at the end. */
  readonly url: string
  /** Builds what `react.html` runs, with a bundler. @returns whether React could be had */
  buildReact(): Promise<boolean>
  close(): Promise<void>
}

/** Packs vexel as it is built, and serves the pages. */
export async function servePackedPages(): Promise<PackedPages> {
  const folder = mkdtempSync(join(tmpdir(), 'vexel-element-'))
  // lib is built by the global setup.
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]
  const packed = execFileSync('npm', pack, { cwd: ROOT })
  const [{ filename }] = JSON.parse(packed.toString()) as [{ filename: string }]
  execFileSync('tar', ['xzf', filename], { cwd: folder })
  for (const net of NETS) copyFileSync(oraclePath(`${net}.safetensors`), join(folder, `${net}.safetensors`))
  const [host, other] = [await serveFolder(folder), await serveFolder(folder, { 'access-control-allow-origin': '*' })]
  for (const [name, text] of Object.entries(pages(other.url))) writeFileSync(join(folder, name), text)

  return {
    url: host.url,
    buildReact: async () => {
      mkdirSync(join(folder, 'react'))
      writeFileSync(join(folder, 'react/main.js'), REACT)
      writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
      const install = ['install', 'react', 'react-dom', '--no-audit', '--no-fund', '--prefer-offline']
      try {
        execFileSync('npm', install, { cwd: folder, stdio: 'pipe', timeout: 120_000 })
      } catch {
        return false
      }
      await build({
        root: folder,
        // It lies in a folder of the site.
        base: './',
        configFile: false,
        logLevel: 'warn',
        publicDir: false,
        build: {
          outDir: join(folder, 'react'),
          emptyOutDir: false,
          rollupOptions: { input: join(folder, 'react/main.js'), output: { entryFileNames: 'app.js' } },
        },
      })
      return true
    },
    close: async () => {
      await Promise.all([host.close(), other.close()])
      rmSync(folder, { recursive: true })
    },
  }
}
