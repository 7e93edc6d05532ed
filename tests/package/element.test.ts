// <vexel-flag> as it comes in the packed tarball, in pages of people who know nothing else of vexel: a plain one with a hundred of them, a shadow
// root, React, Firefox.

import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import puppeteer, { type Browser, type Page } from 'puppeteer'
import sirv from 'sirv'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { foldNetwork } from '../../src/model/fold.js'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import { levelsOf, referenceRows } from '../../src/model/picture.js'
import { wholeFrame } from '../../src/model/view.js'
import type { VexelFlagElement } from '../../src/element/flag-element.js'
import { collectErrors, connect, isFull } from '../browser/pages.js'
import { oracleNetwork, oraclePath } from '../model/network-files.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SIZE = { width: 48, height: 32 }
const NETS = ['malaysia', 'usa', 'japan', 'nepal'] as const
const HUNDRED = 100

const page = (body: string) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>a page</title>
<style>body { margin: 0 } vexel-flag { width: ${SIZE.width}px; height: ${SIZE.height}px }</style>
<body>${body}`
const MODULE = '<script type="module" src="package/lib/element/element.js"></script>'
const flag = (id: string, net: string) => `<vexel-flag id="${id}" samples="1" src="${net}.safetensors"></vexel-flag>`

const PAGES: Readonly<Record<string, string>> = {
  'plain.html': page(
    MODULE + Array.from({ length: HUNDRED }, (_, i) => flag(`f${i}`, NETS[i % NETS.length])).join('\n'),
  ),
  'shadow.html': page(`<div id="host"></div>${MODULE}<script>
    document.getElementById('host').attachShadow({ mode: 'open' }).innerHTML =
      '<style>vexel-flag { width: ${SIZE.width}px; height: ${SIZE.height}px }</style>${flag('inner', 'usa')}'
  </script>`),
  'react.html': page('<div id="root"></div><script type="module" src="react/app.js"></script>'),
}

/** A component that knows an element of its page. */
const REACT = `import { createElement, useState } from 'react'
import { createRoot } from 'react-dom/client'
import '../package/lib/element/element.js'
function App() {
  const [net, setNet] = useState('malaysia')
  return createElement('div', null,
    createElement('vexel-flag', { id: 'flag', samples: 1, src: net + '.safetensors' }),
    createElement('button', { onClick: () => setNet('japan') }, 'another'))
}
createRoot(document.getElementById('root')).render(createElement(App))`

/** What an element shows when it has come to rest, against the reference: the largest difference, levels. */
async function difference(page: Page, selector: string, net: (typeof NETS)[number], host?: string): Promise<number> {
  const levels = await page.evaluate(
    async (selector, host) => {
      await customElements.whenDefined('vexel-flag')
      const root = host === undefined ? document : document.querySelector(host)?.shadowRoot
      const element = root?.querySelector(selector) as VexelFlagElement
      await element.settled()
      return [...element.readPixels().data]
    },
    selector,
    host,
  )
  const spec = { folded: foldNetwork(oracleNetwork(net)), frame: DEFAULT_FRAME, view: wholeFrame(DEFAULT_FRAME) }
  const expected = levelsOf(referenceRows({ ...spec, ...SIZE, samples: 1 }, 0, SIZE.height))
  expect(levels.length).toBe(expected.length)
  return levels.reduce((most, level, i) => Math.max(most, Math.abs(level - expected[i])), 0)
}

describe.runIf(isFull)('the element of the packed tarball', () => {
  let folder: string
  let server: Server
  let url: string
  let browser: Browser

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vexel-element-'))
    // lib is built by the global setup.
    const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
      cwd: ROOT,
    })
    const [{ filename }] = JSON.parse(packed.toString()) as [{ filename: string }]
    execFileSync('tar', ['xzf', filename], { cwd: folder })
    for (const net of NETS) copyFileSync(oraclePath(`${net}.safetensors`), join(folder, `${net}.safetensors`))
    for (const [name, text] of Object.entries(PAGES)) writeFileSync(join(folder, name), text)
    const handler = sirv(folder, { dev: true })
    server = createServer((request, response) => {
      if (request.url === '/favicon.ico') response.writeHead(204).end()
      else handler(request, response, () => void response.writeHead(404).end())
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    browser = await connect()
  })

  afterAll(async () => {
    await browser?.disconnect()
    await new Promise(resolve => server.close(resolve))
    rmSync(folder, { recursive: true })
  })

  async function openIn(browser: Browser, name: string): Promise<{ page: Page; errors: string[] }> {
    const page = await browser.newPage()
    const errors = collectErrors(page)
    await page.setViewport({ width: 600, height: 400 })
    await page.goto(url + name)
    return { page, errors }
  }

  test('a hundred of them in a plain page are the reference', async () => {
    const { page, errors } = await openIn(browser, 'plain.html')
    for (let i = 0; i < HUNDRED; i += 9)
      expect(await difference(page, `#f${i}`, NETS[i % NETS.length]), `f${i}`).toBeLessThanOrEqual(1)
    expect(errors).toEqual([])
    await page.close()
  })

  test('one in a shadow root is the reference', async () => {
    const { page, errors } = await openIn(browser, 'shadow.html')
    expect(await difference(page, 'vexel-flag', 'usa', '#host')).toBeLessThanOrEqual(1)
    expect(errors).toEqual([])
    await page.close()
  })

  test('one that React renders is the reference, and follows its state', async context => {
    mkdirSync(join(folder, 'react'))
    writeFileSync(join(folder, 'react/main.js'), REACT)
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
    try {
      execFileSync('npm', ['install', 'react', 'react-dom', '--no-audit', '--no-fund', '--prefer-offline'], {
        cwd: folder,
        stdio: 'pipe',
        timeout: 120_000,
      })
    } catch {
      context.skip('no registry has React')
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
    const { page, errors } = await openIn(browser, 'react.html')
    await page.waitForSelector('vexel-flag')
    expect(await difference(page, '#flag', 'malaysia')).toBeLessThanOrEqual(1)
    await page.click('button')
    await page.waitForSelector('vexel-flag[src="japan.safetensors"]')
    expect(await difference(page, '#flag', 'japan')).toBeLessThanOrEqual(1)
    expect(errors).toEqual([])
    await page.close()
  })

  test.skipIf(inject('firefox') === null)('in Firefox it is the reference, too', async () => {
    const firefox = await puppeteer.launch({
      browser: 'firefox',
      executablePath: inject('firefox') as string,
      protocolTimeout: 170_000,
    })
    try {
      const { page, errors } = await openIn(firefox, 'plain.html')
      for (const i of [0, 1, 2, 3]) expect(await difference(page, `#f${i}`, NETS[i]), `f${i}`).toBeLessThanOrEqual(1)
      expect(errors).toEqual([])
    } finally {
      await firefox.close()
    }
  })
})
