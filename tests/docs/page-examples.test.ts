// The examples of the documentation that run in a page: scripts for the explorer's console, the one for `vexel/gpu`, and pages with <vexel-flag>.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'puppeteer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { VexelFlagElement } from '../../src/element/flag-element.js'
import { collectErrors, connect } from '../browser/pages.js'
import { type StaticHost, serveFolder } from '../browser/static-host.js'
import { openExplorer } from '../app/explorer-page.js'
import { givenNet, largestDifference, referenceLevels, sizeOf } from '../export/five-nets.js'
import { isFull } from '../is-full.js'
import { decodeLevels, oraclePath } from '../model/network-files.js'
import { examples, ROOT } from './pages.js'

const scripts = examples('js')
const isOfConsole = (code: string) => !/^import /m.test(code)
const gpu = scripts.find(({ code }) => code.includes("'vexel/gpu'"))?.code ?? ''

test('the scripts are those for Node, one for vexel/gpu, and those for the console', () => {
  const forNode = scripts.filter(({ code }) => /from '(node:|vexel)/.test(code) && code !== gpu)
  expect(scripts.length).toBe(forNode.length + 1 + scripts.filter(({ code }) => isOfConsole(code)).length)
})

describe.runIf(isFull)('in a page', () => {
  let browser: Browser
  let folder: string
  let host: StaticHost

  beforeAll(async () => {
    browser = await connect()
    folder = mkdtempSync(join(tmpdir(), 'vexel-docs-pages-'))
    // As in a project that vexel is installed in.
    mkdirSync(join(folder, 'vexel'))
    cpSync(join(ROOT, 'lib'), join(folder, 'vexel/lib'), { recursive: true })
    for (const name of ['twgl.js', 'gl-matrix']) symlinkSync(join(ROOT, 'node_modules', name), join(folder, name))
    cpSync(oraclePath('malaysia.safetensors'), join(folder, 'malaysia.safetensors'))
    cpSync(join(ROOT, 'public/flags/my.film.safetensors'), join(folder, 'malaysia.film.safetensors'))
    host = await serveFolder(folder)
  })

  afterAll(async () => {
    await browser?.disconnect()
    await host?.close()
    rmSync(folder, { recursive: true })
  })

  describe('the console', () => {
    test.each(scripts.filter(({ code }) => isOfConsole(code)).map(({ path, code }) => [path, code]))(
      'runs what stands in %s, from the first line to the last',
      async (_, code) => {
        const { page, errors, close } = await openExplorer(browser, { width: 480, height: 360, motion: false })
        await page.evaluate(`(async () => {\n${code}\n})()`)
        expect(errors).toEqual([])
        await close()
      },
    )
  })

  /** Opens an example as a page of its own. @param after what stands behind it */
  async function openPage(name: string, html: string, downloads?: string): Promise<{ page: Page; errors: string[] }> {
    writeFileSync(join(folder, name), html)
    const context = await browser.createBrowserContext(
      downloads ? { downloadBehavior: { policy: 'allow', downloadPath: downloads } } : {},
    )
    const page = await context.newPage()
    const errors = collectErrors(page)
    await page.setViewport({ width: 600, height: 400 })
    await page.goto(host.url + name)
    return { page, errors }
  }

  /** Comes to rest, without a line in place of the picture. */
  async function expectShown(page: Page): Promise<void> {
    const problem = await page.$eval('vexel-flag', async element => {
      await customElements.whenDefined('vexel-flag')
      await (element as VexelFlagElement).settled()
      const message = element.shadowRoot?.querySelector<HTMLElement>('[part=message]')
      return message?.hidden ? null : message?.textContent
    })
    expect(problem).toBeNull()
  }

  test('the script for vexel/gpu draws the reference within a level', async () => {
    const net = givenNet('easy')
    writeFileSync(join(folder, 'easy.safetensors'), net.bytes)
    const imports = {
      vexel: './vexel/lib/index.js',
      'vexel/gpu': './vexel/lib/gpu.js',
      'twgl.js': './twgl.js/dist/7.x/twgl-full.module.js',
      'gl-matrix': './gl-matrix/esm/index.js',
    }
    const { page, errors } = await openPage(
      'gpu.html',
      `<!doctype html><canvas width="48" height="32"></canvas>
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module">
${gpu}
const bytes = await (await fetch('easy.safetensors')).arrayBuffer()
window.levels = await drawOn(document.querySelector('canvas'), new Uint8Array(bytes))
</script>`,
    )
    await page.waitForFunction(() => 'levels' in window)
    const levels = await page.evaluate(() => [...(window as unknown as { levels: Uint8Array }).levels])
    const drawn = levels.filter((_, i) => i % 4 < 3)
    expect(largestDifference(drawn, referenceLevels(net, sizeOf(net)))).toBeLessThanOrEqual(1)
    expect(errors).toEqual([])
    await page.browserContext().close()
  })

  const pages = [...new Set(examples('html').map(({ code }) => code))]
  const pageWith = (word: string) => pages.filter(code => code.includes(word))

  test('the pages are those that are looked at here', () => {
    expect(pages.length).toBe(3)
    for (const word of ['interactive', 'toBlob', 'film-position']) expect(pageWith(word).length, word).toBe(1)
  })

  test('the page of two lines shows the flag', async () => {
    const { page, errors } = await openPage('plain.html', pageWith('interactive')[0])
    await expectShown(page)
    expect(errors).toEqual([])
    await page.browserContext().close()
  })

  test('the page with a button saves what it shows', async () => {
    const downloads = join(folder, 'saved')
    const { page, errors } = await openPage('save.html', pageWith('toBlob')[0], downloads)
    await expectShown(page)
    await page.click('button')
    const path = join(downloads, 'view.png')
    await expect.poll(() => existsSync(path), { timeout: 60_000 }).toBe(true)
    const { width, height } = decodeLevels(readFileSync(path))
    // 20rem wide, in the flag's proportions, by default 3 : 2.
    expect([width, height]).toEqual([320, 213])
    expect(errors).toEqual([])
    await page.browserContext().close()
  })

  test('the page that is scrolled leads its film', async () => {
    const scrolled = `${pageWith('film-position')[0]}<div style="height: 3000px"></div>`
    const module = '<script type="module" src="vexel/lib/element/element.js"></script>'
    const { page, errors } = await openPage('film.html', `<!doctype html>${module}${scrolled}`)
    await expectShown(page)
    await page.mouse.move(300, 390)
    await page.mouse.wheel({ deltaY: 1000 })
    await page.waitForFunction(() => (document.querySelector('vexel-flag') as VexelFlagElement).position !== 0)
    await expectShown(page)
    expect(errors).toEqual([])
    await page.browserContext().close()
  })
})
