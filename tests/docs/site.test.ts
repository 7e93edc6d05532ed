// The documentation as it is built, from a sub-folder of a plain host: every page opens, every link leads to something, nothing is asked of another
// host, the search finds, and what is alive in the text is alive.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import type { Browser, Page } from 'puppeteer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Site, serveSite } from '../../src/cli/site/site.js'
import type { VexelFlagElement } from '../../src/element/flag-element.js'
import { collectErrors, connect } from '../browser/pages.js'
import { isFull } from '../is-full.js'
import { PAGES, ROOT } from './pages.js'

const AXE = readFileSync(join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8')

describe.runIf(isFull)('the documentation', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vexel-docs-site-'))
  let site: Site
  let browser: Browser
  let page: Page
  let errors: string[]
  const asked: string[] = []

  beforeAll(async () => {
    // Whatever TypeDoc warns of ends it: what is public and not documented, a link to nothing.
    execFileSync('npm', ['run', '-s', 'docs', '--', '--out', folder], { cwd: ROOT, stdio: 'pipe' })
    site = await serveSite(folder, '/a/sub-folder/', false)
    browser = await connect()
    page = await browser.newPage()
    page.on('request', request => asked.push(request.url()))
    errors = collectErrors(page)
  })

  afterAll(async () => {
    await page?.close()
    await browser?.disconnect()
    await site?.close()
    rmSync(folder, { recursive: true })
  })

  const built = () => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith('.html'))
  const htmlOf = (path: string) => readFileSync(join(folder, path), 'utf8')

  test('has every page, and everything that the package exports', () => {
    for (const { path } of PAGES.slice(1))
      expect(existsSync(join(folder, path.replace(/^docs\/(.*)\.md$/, 'documents/$1.html'))), path).toBe(true)
    for (const entry of ['vexel', 'vexel_gpu', 'vexel_train', 'vexel_solve', 'vexel_element', 'window.vexel'])
      expect(existsSync(join(folder, `modules/${entry}.html`)), entry).toBe(true)
    expect(htmlOf('functions/vexel.foldNetwork.html')).toContain('foldNetwork')
  })

  test('leads to nothing that is not there', () => {
    const anchors = new Map(
      built().map(path => [path, new Set([...htmlOf(path).matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id))]),
    )
    const broken = built().flatMap(path =>
      [...htmlOf(path).matchAll(/<(?:a|img|link|script|vexel-flag)\b[^>]*?\s(?:href|src)="([^"]+)"/g)]
        .map(([, link]) => link)
        .filter(link => !/^(?:https:|data:)/.test(link))
        .filter(link => {
          const [file, anchor] = link.replaceAll('&amp;', '&').split('#')
          const beside = file === '' ? path : normalize(join(dirname(path), file))
          const target = /(?:^|\/|\.)$/.test(beside) ? join(beside, 'index.html') : beside
          if (!existsSync(join(folder, target))) return true
          return anchor ? !(anchors.get(target)?.has(decodeURIComponent(anchor)) ?? false) : false
        })
        .map(link => `${path}: ${link}`),
    )
    expect(broken).toEqual([])
  })

  test('shows its live flags, which the numbers in the text lead', async () => {
    for (const name of ['what', 'lesson', 'mystery-file', 'element']) {
      await page.goto(`${site.url}documents/${name}.html`)
      const flags = await page.$$('vexel-flag')
      expect(flags.length).toBeGreaterThan(0)
      for (const flag of flags)
        await flag.evaluate(async element => {
          await customElements.whenDefined('vexel-flag')
          await (element as VexelFlagElement).settled()
        })
    }
    await page.goto(`${site.url}documents/what.html`)
    const scrub = (of: string) => page.$(`vexel-scrub[of="${of}"] input`)
    for (const of of ['near', 'far', 'gain', 'noise', 'learned']) {
      const set = await page.$eval(`vexel-scrub[of="${of}"]`, element => element.getAttribute('sets') ?? '')
      const attribute = () => page.$eval(`#${of}`, (element, set) => element.getAttribute(set), set)
      const before = await attribute()
      await (await scrub(of))?.focus()
      await page.keyboard.press('End')
      expect(await attribute(), of).not.toBe(before)
      await page.$eval(`#${of}`, element => (element as VexelFlagElement).settled())
      const message = await page.$eval(
        `#${of}`,
        element => (element.shadowRoot?.querySelector('[part=message]') as HTMLElement | null)?.hidden,
      )
      expect(message, of).toBe(true)
    }
  })

  test('finds what is searched for, in pages and in the reference', async () => {
    await page.goto(`${site.url}index.html`)
    for (const [word, found] of [
      ['toBlob', 'toBlob'],
      ['mystery', 'mystery-file'],
    ]) {
      await page.keyboard.press('/')
      await page.waitForSelector('#tsd-search-input', { visible: true })
      await page.type('#tsd-search-input', word)
      await page.waitForFunction(
        found => [...document.querySelectorAll('#tsd-search-results a')].some(a => a.outerHTML.includes(found)),
        {},
        found,
      )
      await page.reload()
    }
  })

  test('is legible for everybody: axe finds nothing serious in its pages', async () => {
    for (const name of ['index', 'documents/what', 'documents/element', 'documents/commands']) {
      await page.goto(`${site.url}${name}.html`)
      await page.evaluate(AXE)
      const violations = await page.evaluate(async () => {
        const { axe } = window as unknown as {
          axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> }
        }
        return (await axe.run()).violations.map(
          ({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0].html.slice(0, 120)}`,
        )
      })
      expect(
        violations.filter(line => /^(serious|critical)/.test(line)),
        name,
      ).toEqual([])
    }
  })

  test('asks no other host for anything, and logs no error', () => {
    expect(asked.filter(url => !url.startsWith(site.url) && !/^(?:blob|data):/.test(url))).toEqual([])
    expect(errors).toEqual([])
  })
})
