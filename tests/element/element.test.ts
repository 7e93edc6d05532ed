// <vexel-flag> in a page that has nothing else of vexel: the built module from a plain static host, by mouse, wheel and keyboard.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'puppeteer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { foldNetwork } from '../../src/model/fold.js'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import type { Network } from '../../src/model/network.js'
import { levelsOf, referenceRows } from '../../src/model/picture.js'
import { type View, wholeFrame } from '../../src/model/view.js'
import { applyEdits } from '../../src/edit/edits.js'
import { Film } from '../../src/film/film.js'
import { smallFilm } from '../film/film-fixture.js'
import { collectErrors, connect } from '../browser/pages.js'
import { serveFolder, type StaticHost } from '../browser/static-host.js'
import { familyNetwork, familyPath } from '../model/family-files.js'
import { oracleNetwork, oraclePath } from '../model/network-files.js'
import type { VexelFlagElement } from '../../src/element/flag-element.js'
import { isFull } from '../is-full.js'

const ELEMENT = fileURLToPath(new URL('../../lib/element', import.meta.url))
const KINDS = ['cpu', 'webgl'] as const
const SIZE = { width: 96, height: 64 }
const WHOLE = wholeFrame(DEFAULT_FRAME)

/** A page of somebody who knows the element and nothing else. */
const PAGE = `<!doctype html><html lang="en"><title>a page</title><body><script type="module">
  import { VexelFlagElement } from './element/element.js'
  window.VexelFlagElement = VexelFlagElement
</script>`

let browser: Browser
let folder: string
let host: StaticHost
let url: string
let film: Film

beforeAll(async () => {
  browser = await connect()
  folder = mkdtempSync(join(tmpdir(), 'vexel-element-'))
  cpSync(ELEMENT, join(folder, 'element'), { recursive: true })
  for (const name of ['malaysia', 'usa', 'japan'])
    cpSync(oraclePath(`${name}.safetensors`), join(folder, `${name}.safetensors`))
  cpSync(familyPath('siren.safetensors'), join(folder, 'siren.safetensors'))
  const bytes = await smallFilm({ steps: 40, frames: 4 })
  writeFileSync(join(folder, 'film.safetensors'), bytes)
  film = Film.parse(bytes)
  writeFileSync(join(folder, 'page.html'), PAGE)
  // No headers of any kind: what a plain static host does.
  host = await serveFolder(folder)
  url = `${host.url}page`
})

afterAll(async () => {
  await browser?.disconnect()
  await host?.close()
  rmSync(folder, { recursive: true })
})

interface Opened {
  readonly page: Page
  readonly errors: string[]
  readonly asked: string[]
}

/** Opens a page with these elements in it, drawn by one of the two. */
async function openPage(kind: (typeof KINDS)[number], body: string, before = ''): Promise<Opened> {
  const page = await browser.newPage()
  const errors = collectErrors(page)
  const asked: string[] = []
  page.on('request', request => asked.push(new URL(request.url()).pathname))
  await page.setViewport({ width: 400, height: 300 })
  if (before) await page.evaluateOnNewDocument(before)
  await page.goto(url)
  const css = `<style>body { margin: 0 } vexel-flag { width: ${SIZE.width}px; height: ${SIZE.height}px }</style>`
  await page.waitForFunction('window.VexelFlagElement')
  await page.evaluate(
    (kind, html) => {
      ;(window as unknown as { VexelFlagElement: typeof VexelFlagElement }).VexelFlagElement.renderer = kind
      document.body.innerHTML = html
    },
    kind,
    css + body,
  )
  return { page, errors, asked }
}

const flagIn = (id: string) => `document.getElementById('${id}')`

/** What an element shows when it has come to rest: [height * width, 4] levels. */
async function picture(page: Page, id: string): Promise<Uint8ClampedArray> {
  const levels = await page.evaluate(async id => {
    const flag = document.getElementById(id) as VexelFlagElement
    await flag.settled()
    return [...flag.readPixels().data]
  }, id)
  return Uint8ClampedArray.from(levels)
}

function reference(network: Network, view: View = WHOLE, size = SIZE): Uint8ClampedArray {
  const spec = { folded: foldNetwork(network), frame: DEFAULT_FRAME, view, ...size, samples: 1 as const }
  return levelsOf(referenceRows(spec, 0, size.height))
}

function expectWithinALevel(actual: Uint8ClampedArray, expected: Uint8ClampedArray): void {
  expect(actual.length).toBe(expected.length)
  let [largest, at] = [0, -1]
  expected.forEach((level, i) => {
    if (Math.abs(level - actual[i]) > largest) [largest, at] = [Math.abs(level - actual[i]), i]
  })
  expect(largest, `at value ${at}`).toBeLessThanOrEqual(1)
}

const cameraOf = (page: Page, id: string) =>
  page.evaluate(id => (document.getElementById(id) as VexelFlagElement).camera, id)

const flag = (id: string, attributes: string) => `<vexel-flag id="${id}" samples="1" ${attributes}></vexel-flag>`

describe.each(isFull ? KINDS : KINDS.slice(0, 1))('drawn by %s', kind => {
  test('it shows what the float64 reference shows: whole, in a view, edited, and at a moment of a film', async () => {
    const { page, errors, asked } = await openPage(
      kind,
      flag('whole', 'src="malaysia.safetensors"') +
        flag('view', 'src="usa.safetensors" x="-0.5" y="0.25" zoom="3"') +
        flag('edited', 'src="japan.safetensors" edits="temp:3:2"') +
        flag('film', 'src="film.safetensors" film-position="0.4"'),
    )
    expectWithinALevel(await picture(page, 'whole'), reference(oracleNetwork('malaysia')))
    expectWithinALevel(await picture(page, 'view'), reference(oracleNetwork('usa'), { x: -0.5, y: 0.25, zoom: 3 }))
    const hot = { kind: 'temperature', layer: 2, temperature: 2 } as const
    const edited = applyEdits(oracleNetwork('japan'), { effects: [hot], pins: new Map() })
    expectWithinALevel(await picture(page, 'edited'), reference(edited))
    expectWithinALevel(await picture(page, 'film'), reference(film.networkAt(0.4)))

    await page.evaluate(() => {
      const element = (id: string) => document.getElementById(id) as VexelFlagElement
      element('whole').src = 'usa.safetensors'
      element('view').camera = { zoom: 9 }
      element('edited').setAttribute('edits', 'gain:1:2')
      element('edited').removeAttribute('edits')
      element('film').position = 1
    })
    expectWithinALevel(await picture(page, 'whole'), reference(oracleNetwork('usa')))
    expectWithinALevel(await picture(page, 'view'), reference(oracleNetwork('usa'), { x: -0.5, y: 0.25, zoom: 9 }))
    expectWithinALevel(await picture(page, 'edited'), reference(oracleNetwork('japan')))
    expectWithinALevel(await picture(page, 'film'), reference(film.networkAt(1)))
    // Nothing of the explorer was fetched, and what draws without a GPU only where there is none.
    const scripts = asked.filter(path => path.endsWith('.js'))
    expect(scripts.filter(path => !path.startsWith('/element/'))).toEqual([])
    expect(scripts.some(path => /cpu-backend/.test(path))).toBe(kind === 'cpu')
    expect(errors).toEqual([])
    await page.close()
  })
})

// More than a browser allows contexts for; the sample has enough to tell one context from many.
const MANY = isFull ? 30 : 10

test('many on a page are drawn with one context, those out of sight not even fetched, and all come back after it was lost', async () => {
  const RECORD = `
    window.contexts = []
    const { getContext } = HTMLCanvasElement.prototype
    HTMLCanvasElement.prototype.getContext = function (...args) {
      const context = getContext.apply(this, args)
      if (args[0] === 'webgl2' && context) contexts.push(context)
      return context
    }`
  const far = flag('far', 'src="japan.safetensors" loading="lazy"')
  const many = Array.from({ length: MANY }, (_, i) => flag(`f${i}`, 'src="malaysia.safetensors"')).join('')
  const { page, errors, asked } = await openPage('webgl', `${many}<div style="height: 3000px"></div>${far}`, RECORD)
  const expected = reference(oracleNetwork('malaysia'))
  for (const id of ['f0', 'f5', `f${MANY - 1}`]) expectWithinALevel(await picture(page, id), expected)
  expect(asked).not.toContain('/japan.safetensors')

  await page.evaluate(async () => {
    const [gl] = (window as unknown as { contexts: WebGL2RenderingContext[] }).contexts
    const loser = gl.getExtension('WEBGL_lose_context')
    loser?.loseContext()
    await new Promise(resolve => setTimeout(resolve, 50))
    loser?.restoreContext()
  })
  await page.evaluate(id => {
    ;(document.getElementById(id) as VexelFlagElement).camera = { x: -0.5, y: 0.25, zoom: 3 }
  }, 'f1')
  expectWithinALevel(await picture(page, 'f1'), reference(oracleNetwork('malaysia'), { x: -0.5, y: 0.25, zoom: 3 }))
  expectWithinALevel(await picture(page, 'f2'), expected)

  await page.evaluate(() => document.getElementById('far')?.scrollIntoView())
  expectWithinALevel(await picture(page, 'far'), reference(oracleNetwork('japan')))
  // What has left the sight keeps its picture, and is drawn again where somebody asks for it.
  expectWithinALevel(await picture(page, 'f0'), expected)
  expect(await page.evaluate('contexts.length')).toBe(1)
  expect(errors).toEqual([])
  await page.close()
})

test('a page scrolls past it; ctrl and the wheel, a drag and keys move the picture where the page says so', async () => {
  const { page, errors } = await openPage(
    'cpu',
    flag('still', 'src="malaysia.safetensors"') +
      flag('zoom', 'src="usa.safetensors" interactive alt="Flag of the United States"') +
      flag('full', 'src="usa.safetensors" interactive="full"') +
      '<div style="height: 2000px"></div>',
  )
  for (const id of ['still', 'zoom', 'full']) await picture(page, id)
  const wheel = async (id: string, deltaY: number) => {
    const box = await (await page.$(`#${id}`))?.boundingBox()
    await page.mouse.move((box?.x ?? 0) + 60, (box?.y ?? 0) + 20)
    await page.mouse.wheel({ deltaY })
  }
  const until = (expression: string) => page.waitForFunction(expression)
  for (const id of ['still', 'zoom']) {
    await wheel(id, 30)
    await until('scrollY > 0')
    expect(await cameraOf(page, id)).toEqual(WHOLE)
    await page.evaluate('scrollTo(0, 0)')
  }
  expect(await page.evaluate(`${flagIn('zoom')}.shadowRoot.querySelector('[part=hint]').textContent`)).toMatch(/wheel/)

  await page.keyboard.down('Control')
  await wheel('zoom', -100)
  await page.keyboard.up('Control')
  await until(`${flagIn('zoom')}.camera.zoom > 1.3`)
  await wheel('full', -100)
  await until(`${flagIn('full')}.camera.zoom > 1.3`)
  expect(await page.evaluate('scrollY')).toBe(0)

  const { x, y } = (await cameraOf(page, 'zoom')) as View
  await wheel('zoom', 0)
  await page.mouse.down()
  await page.mouse.move(SIZE.width + 80, 40, { steps: 4 })
  await page.mouse.up()
  await until(`${flagIn('zoom')}.camera.x < ${x} && ${flagIn('zoom')}.camera.y < ${y}`)

  await page.keyboard.press('Tab')
  await page.keyboard.press('0')
  await until(`${flagIn('full')}.camera.zoom === 1`)
  await page.keyboard.press('+')
  await until(`${flagIn('full')}.camera.zoom > 1.4`)
  await picture(page, 'full')

  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
  const violations = await page.evaluate(
    `axe.run('vexel-flag').then(({ violations }) => violations.map(({ id }) => id))`,
  )
  expect(violations).toEqual([])
  expect(errors).toEqual([])
  await page.close()
})

test('what cannot be shown is said in one line, told by an event, and mended by the next attribute', async () => {
  const { page } = await openPage(
    'cpu',
    flag('missing', 'src="nothing.safetensors"') +
      flag('page', 'src="page"') +
      flag('zoom', 'src="malaysia.safetensors" zoom="far"') +
      flag('edits', 'src="malaysia.safetensors" edits="gain:99:2"'),
    `window.told = []; addEventListener('error', ({ message }) => told.push(message), true)`,
  )
  const said = async (id: string) => {
    const text = `${flagIn(id)}.shadowRoot.querySelector('[part=message]:not([hidden])')?.textContent`
    await page.waitForFunction(text)
    return page.evaluate(text)
  }
  expect(await said('missing')).toBe('nothing.safetensors: the server answers 404 Not Found')
  expect(await said('page')).toMatch(/^page: /)
  expect(await said('zoom')).toBe('zoom: expected a number, got far')
  expect(await said('edits')).toMatch(/^edits: .*gain/)
  expect(await page.evaluate('told')).toContain('zoom: expected a number, got far')
  await page.evaluate(async () => {
    const [missing, zoom] = ['missing', 'zoom'].map(id => document.getElementById(id) as HTMLElement)
    const settled = new Promise(resolve => missing.addEventListener('settle', resolve, { once: true }))
    missing.setAttribute('src', 'malaysia.safetensors')
    zoom.setAttribute('zoom', '2')
    await settled
  })
  expectWithinALevel(await picture(page, 'missing'), reference(oracleNetwork('malaysia')))
  expect(await page.evaluate(`${flagIn('missing')}.shadowRoot.querySelector('[part=message]').hidden`)).toBe(true)
  expectWithinALevel(await picture(page, 'zoom'), reference(oracleNetwork('malaysia'), { ...WHOLE, zoom: 2 }))
  await page.close()
})

test('a file that does not say what it is is drawn once an attribute does, and says so before', async () => {
  const { page } = await openPage('cpu', flag('stranger', 'src="siren.safetensors"'))
  await page.waitForFunction(`${flagIn('stranger')}.shadowRoot.querySelector('[part=message]:not([hidden])')`)
  const message = `${flagIn('stranger')}.shadowRoot.querySelector('[part=message]')`
  expect(await page.evaluate(`${message}.textContent`)).toMatch(/say an architecture/)
  await page.evaluate(() => document.getElementById('stranger')?.setAttribute('architecture', 'siren'))
  expectWithinALevel(await picture(page, 'stranger'), reference(familyNetwork('siren')))
  expect(await page.evaluate(`${message}.hidden`)).toBe(true)
  await page.close()
})

test('the module and all that it imports at once are at most 60 KB gzipped', () => {
  const parts = new Set<string>()
  const visit = (name: string) => {
    if (parts.has(name)) return
    parts.add(name)
    const text = readFileSync(join(ELEMENT, name), 'utf8')
    for (const [, other] of text.matchAll(/(?:^|;)import[^"';(]*["']\.\/([\w.-]+)["']/g)) visit(other)
    for (const [, other] of text.matchAll(/\bfrom\s*["']\.\/([\w.-]+)["']/g)) visit(other)
  }
  visit('element.js')
  expect(readdirSync(ELEMENT).length).toBeGreaterThan(parts.size)
  const bytes = [...parts].reduce((sum, name) => sum + gzipSync(readFileSync(join(ELEMENT, name))).length, 0)
  expect(bytes).toBeGreaterThan(20_000)
  expect(bytes).toBeLessThanOrEqual(60 * 1024)
})

test('it is imported where there is no DOM, and does nothing', async () => {
  const { VexelFlagElement } = await import(/* @vite-ignore */ `${ELEMENT}/element.js`)
  expect(VexelFlagElement.name).not.toBe('')
  expect('customElements' in globalThis).toBe(false)
})
