// The wall, end to end: every flag in its place, flights into it and out again, by hand, by keyboard and by link.

import type { Page } from 'puppeteer'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Site, serveSite } from '../../src/cli/site/site.js'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import { foldNetwork } from '../../src/model/fold.js'
import { createNetwork } from '../../src/model/network.js'
import { evaluateFolded } from '../../src/model/reference.js'
import { StateDict } from '../../src/model/state-dict.js'
import { applyTone, levelOf, toneOf } from '../../src/model/tone.js'
import { isFull, oracleFile } from '../browser/pages.js'
import { AXE_SIZES, expectAccessible } from './axe.js'
import {
  dropFiles,
  expectPictureOf,
  largestDifference,
  openBytes,
  openExplorer,
  type OpenOptions,
  settledPixels,
} from './explorer-page.js'
import { PageOfFile } from './one-page.js'

let site: Site

/** Width : height of the oracle's flags. */
const ASPECTS = { japan: 320 / 213, malaysia: 2, nepal: 320 / 390, usa: 320 / 169 } as const
type Oracle = keyof typeof ASPECTS

/** A small wall: the four nets under several names, one line of nonsense, one file that is none, one that is missing. */
const FLAGS: readonly { code: string; name: string; net: Oracle | 'nonsense' | 'missing' }[] = [
  { code: 'my', name: 'Malaysia', net: 'malaysia' },
  { code: 'jp', name: 'Japan', net: 'japan' },
  { code: 'np', name: 'Nepal', net: 'nepal' },
  { code: 'us', name: 'United States', net: 'usa' },
  { code: 'ci', name: 'Côte d’Ivoire', net: 'japan' },
  { code: 'ax', name: 'Åland', net: 'malaysia' },
  { code: 'xx', name: 'Broken', net: 'nonsense' },
  { code: 'de', name: 'Delta', net: 'usa' },
  { code: 'ec', name: 'Echo', net: 'nepal' },
  { code: 'yy', name: 'Missing', net: 'missing' },
  { code: 'fo', name: 'Foxtrot', net: 'japan' },
  { code: 'go', name: 'Golf', net: 'malaysia' },
]
const GOOD = FLAGS.filter(({ net }) => net in ASPECTS)

/** What the page asks of flags/. */
function answerOf(file: string): Uint8Array | string | null {
  if (file === 'flags.json') {
    const flags = FLAGS.map(({ code, name, net }, index) => {
      const aspect = ASPECTS[net as Oracle] ?? 1.5
      const size = { width: 320, height: Math.round(320 / aspect) }
      return { code, name, file: `${code}.safetensors`, ...size, psnr: 30 + ((index * 7) % 12), bytes: 30_000 }
    })
    return JSON.stringify({ flags: [...flags, { code: 7 }] })
  }
  const flag = FLAGS.find(({ code }) => `${code}.safetensors` === file)
  if (!flag || flag.net === 'missing') return null
  return flag.net === 'nonsense' ? 'nonsense' : oracleFile(flag.net)
}

beforeAll(async () => {
  site = await serveSite('dist', '/wall/', true, (request, response) => {
    const file = /^\/flags\/([^?]+)/.exec(request.url ?? '')?.[1]
    if (file === undefined) return false
    const answer = answerOf(decodeURIComponent(file))
    response.writeHead(answer === null ? 404 : 200).end(answer ?? '')
    return true
  })
})

afterAll(() => site?.close())

const SIZE = { width: 420, height: 360 }
const pages = new PageOfFile({ renderer: 'cpu', ...SIZE }, () => site.url)
/** A page of its own, where another one is wanted: other code before it, another renderer, a finger. */
const openWall = (options: OpenOptions) =>
  openExplorer(pages.browser, {
    site: site.url,
    hash: '#samples=1',
    renderer: 'cpu',
    motion: false,
    ...SIZE,
    ...options,
  })

/** The page learns of its size a second late. */
const DELAY_SIZE = `
  const { requestAnimationFrame: nextFrame } = window;
  const startMs = performance.now();
  window.requestAnimationFrame = callback =>
    performance.now() - startMs < 1000
      ? setTimeout(() => nextFrame(callback), 1000)
      : nextFrame(callback);`

const fileOf = (page: Page) => page.evaluate(() => window.vexel.state().file)
const dismiss = (page: Page) => page.$$eval('.message button', buttons => buttons.forEach(button => button.click()))

async function untilOpen(page: Page, file: string | null): Promise<void> {
  await page.waitForFunction(file => window.vexel.state().file === file, {}, file)
}

/** The open flag at rest is the reference of its net, whole view and all. */
const expectFlag = (page: Page, net: Oracle, aspect = 320 / Math.round(320 / ASPECTS[net])) =>
  expectPictureOf(page, oracleFile(net), { ...DEFAULT_FRAME, aspect })

/** The middle of a flag, in the page's coordinates. */
async function middleOf(page: Page, code: string): Promise<[number, number]> {
  const [x, y] = await page.evaluate(code => {
    const { box } = window.vexel.wall.flags.find(flag => flag.code === code)!
    const stage = document.querySelector('#stage')!.getBoundingClientRect()
    return [stage.x + box.x + box.width / 2, stage.y + box.y + box.height / 2]
  }, code)
  return [x, y]
}

/** Every good flag that is wholly in view shows its net, at every pixel inside its place. */
async function expectWall(page: Page): Promise<number> {
  const picture = await settledPixels(page)
  const places = await page.evaluate(() => window.vexel.wall.flags)
  let count = 0
  for (const { code, box } of places) {
    const net = FLAGS.find(flag => flag.code === code)?.net as Oracle
    const isInView =
      box.x >= 0 && box.y >= 0 && box.x + box.width <= picture.width && box.y + box.height <= picture.height
    if (!(net in ASPECTS) || !isInView) continue
    const folded = foldNetwork(createNetwork(StateDict.parse(oracleFile(net))))
    const inputs: number[] = []
    const pixels: number[] = []
    for (let row = Math.ceil(box.y); row < Math.floor(box.y + box.height); row++)
      for (let column = Math.ceil(box.x); column < Math.floor(box.x + box.width); column++) {
        inputs.push(-1 + (2 * (column + 0.5 - box.x)) / box.width, -1 + (2 * (row + 0.5 - box.y)) / box.height)
        pixels.push(row * picture.width + column)
      }
    const rgb = applyTone(
      evaluateFolded(new Float64Array(pixels.length * 3), folded, Float64Array.from(inputs)),
      toneOf(DEFAULT_FRAME),
    )
    let worst = 0
    pixels.forEach((pixel, i) => {
      for (let channel = 0; channel < 3; channel++)
        worst = Math.max(worst, Math.abs(picture.data[4 * pixel + channel] - levelOf(rgb[3 * i + channel])))
    })
    // The place is told in rounded CSS pixels: at an edge of the flag a sample may lie a hair aside.
    expect(worst, `${code} in its place`).toBeLessThanOrEqual(2)
    expect(pixels.length).toBeGreaterThan(100)
    count++
  }
  return count
}

describe('the start screen', () => {
  test.each(['cpu', 'webgl'] as const)(
    'shows every flag in its place, drawn by its net (%s), one context',
    async renderer => {
      const { page, errors, close } = await openWall({
        renderer,
        before: `
        window.contexts = 0;
        const { getContext } = HTMLCanvasElement.prototype;
        HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
          if (kind.startsWith('webgl')) window.contexts++;
          return getContext.call(this, kind, ...rest);
        };`,
      })
      expect(await expectWall(page)).toBe(GOOD.length)
      expect(await page.evaluate(() => (window as unknown as { contexts: number }).contexts)).toBe(
        renderer === 'webgl' ? 1 : 0,
      )
      const { textureBytes } = await page.evaluate(() => window.vexel.stats())
      expect(textureBytes).toBeGreaterThan(1e6)
      expect(textureBytes).toBeLessThan(60e6)
      // The missing file is the browser's own complaint.
      expect(errors.filter(line => !line.includes('404'))).toEqual([])
      await close()
    },
  )

  test('a broken and a missing file keep their places, with a message, and harm no other', async () => {
    const { page } = await pages.link('#samples=1')
    expect(await expectWall(page)).toBe(GOOD.length)
    const places = await page.evaluate(() => window.vexel.wall.flags)
    expect(places).toHaveLength(FLAGS.length)
    const problems = new Map(places.map(({ code, problem }) => [code, problem]))
    expect(problems.get('xx')).toMatch(/not a safetensors|too short|safetensors/)
    expect(problems.get('yy')).toMatch(/404/)
    expect([...problems.values()].filter(Boolean)).toHaveLength(2)
    expect(await page.$$eval('#names .place.failed', all => all.map(e => e.getAttribute('title')))).toHaveLength(2)
    expect(await page.$eval('.count', count => count.textContent)).toBe('10 flags, 2 broken')
    // The line of the manifest that is none is told, too.
    expect(await page.$eval('.message', message => message.textContent)).toMatch(/flags\[12\]/)
    await page.evaluate(() => window.vexel.wall.fly('xx'))
    expect(await fileOf(page)).toBeNull()
  })

  test('names every flag that is wide enough, beneath it', async () => {
    const { page } = await pages.wall({ width: 900, height: 600 })
    const names = await page.$$eval('#names .name', all =>
      all.map(element => ({ text: element.textContent, top: element.getBoundingClientRect().top })),
    )
    expect(names.map(({ text }) => text).sort()).toEqual(FLAGS.map(({ name }) => name).sort())
    const stageTop = await page.$eval('#stage', stage => stage.getBoundingClientRect().top)
    for (const { name, box } of await page.evaluate(() => window.vexel.wall.flags)) {
      const label = names.find(({ text }) => text === name)
      expect(Math.abs((label?.top ?? 0) - stageTop - box.y - box.height), name).toBeLessThan(3)
    }
  })

  test.runIf(isFull)('with the whole gallery textures take less than 60 MB', async () => {
    const { page, close } = await openWall({
      site: inject('wholeSiteUrl'),
      width: 1280,
      height: 800,
      renderer: 'webgl',
    })
    await page.evaluate(() => window.vexel.settled())
    expect((await page.evaluate(() => window.vexel.stats())).textureBytes).toBeLessThan(60e6)
    await close()
  })

  test.runIf(isFull)('what a look inside drew is given back, however it is left', async () => {
    const { page, close } = await openWall({ site: inject('wholeSiteUrl'), renderer: 'webgl' })
    await page.evaluate(() => window.vexel.settled())
    // With one net more than the wall's the texture of weights is twice as large, and stays so.
    expect(await openBytes(page, oracleFile('malaysia'))).toBeNull()
    const textureBytes = () =>
      page.evaluate(async () => {
        await window.vexel.wall.home()
        await window.vexel.settled()
        return window.vexel.stats().textureBytes
      })
    const before = await textureBytes()
    await page.evaluate(() => window.vexel.wall.fly('my'))
    // For the flag, and for other files: one that hangs on the wall is left, then two that do not.
    for (const how of ['closed', 'left', 'left', 'left']) {
      await page.evaluate(() => window.vexel.neurons.open())
      // The 228 pictures find no room beside the wall's: another page.
      await page.waitForFunction(least => window.vexel.stats().textureBytes > least, {}, before + 5e6)
      if (how === 'closed') await page.evaluate(() => window.vexel.neurons.close())
      else expect(await openBytes(page, oracleFile('malaysia'))).toBeNull()
    }
    await textureBytes()
    await page.waitForFunction(most => window.vexel.stats().textureBytes <= most, {}, before)
    await close()
  })
})

describe('from the wall into a flag and back', () => {
  test('typing finds, Enter flies there, Escape flies out', async () => {
    const { page } = await pages.wall({ motion: true })
    await page.focus('#stage')
    // Letters on the wall go to the search.
    await page.keyboard.type('nep')
    await page.waitForFunction(
      () => [...document.querySelectorAll('#wall-finds li')].map(e => e.textContent?.trim()).join() === 'Nepal',
    )
    await page.keyboard.press('Enter')
    await untilOpen(page, 'flags/np.safetensors')
    expect(await page.evaluate(() => window.vexel.camera.zoom)).toBe(1)
    await expectFlag(page, 'nepal')
    expect(await page.title()).toMatch(/^Nepal/)
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('stage')
    await page.keyboard.press('Escape')
    await untilOpen(page, null)
    await page.waitForFunction(() => window.vexel.state().wall === null)
    expect(await expectWall(page)).toBe(GOOD.length)
  })

  const depths = [
    [1e9, 'Escape'],
    [5e7, 'search'],
    [2e6, 'Escape'],
  ] as const
  test.each(isFull ? depths : depths.slice(0, 2))(
    'one leaves a flag from a zoom of %d by %s, and the page lives',
    async (zoom, how) => {
      const { page, errors } = await pages.flag('flags/my.safetensors', { motion: true })
      await page.evaluate(zoom => {
        window.vexel.camera = { x: 0.3, y: -0.2, zoom }
      }, zoom)
      await page.evaluate(() => window.vexel.settled())
      if (how === 'Escape') {
        await page.focus('#stage')
        await page.keyboard.press('Escape')
        await untilOpen(page, null)
        await page.waitForFunction(() => window.vexel.state().wall === null)
        expect(await expectWall(page)).toBe(GOOD.length)
      } else {
        await page.click('#wall-search')
        await page.keyboard.type('nepal')
        await page.keyboard.press('Enter')
        await untilOpen(page, 'flags/np.safetensors')
        await expectFlag(page, 'nepal')
      }
      expect(await page.evaluate(() => Number.isFinite(window.vexel.camera.zoom))).toBe(true)
      expect(errors.filter(line => !line.includes('404'))).toEqual([])
    },
  )

  test.each([false, true])('a flight by script is over when the flag is open (with motion: %s)', async motion => {
    const { page } = await pages.wall({ motion })
    for (const code of motion && !isFull ? ['np'] : ['np', 'my', 'go']) {
      await page.evaluate(code => window.vexel.wall.fly(code), code)
      expect(await fileOf(page)).toBe(`flags/${code}.safetensors`)
    }
    // One that cannot be opened, and one that is left on the way, end, too.
    await page.evaluate(() => window.vexel.wall.fly('xx'))
    expect(await fileOf(page)).toBeNull()
    await page.evaluate(() => Promise.all([window.vexel.wall.fly('jp'), window.vexel.wall.fly('us')]))
    expect(await fileOf(page)).toBe('flags/us.safetensors')
  })

  test('a search that finds nothing says so, and Escape gives it up', async () => {
    const { page } = await pages.wall()
    await page.click('#wall-search')
    await page.keyboard.type('atlantis')
    await page.waitForFunction(() => document.querySelector('#wall-finds')?.textContent?.includes('no such flag'))
    await page.keyboard.press('Enter')
    expect(await fileOf(page)).toBeNull()
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => document.querySelector<HTMLElement>('#wall-finds')?.hidden)
    expect(await page.$eval('#wall-search', field => (field as HTMLInputElement).value)).toBe('')
  })

  test('with the keyboard alone: arrows go from flag to flag, Enter dives, arrows pan, Escape comes back', async () => {
    const { page } = await pages.link('#samples=1')
    await page.evaluate(() => window.vexel.settled())
    await dismiss(page)
    for (let i = 0; i < 12; i++) {
      if (await page.evaluate(() => document.activeElement?.id === 'stage')) break
      await page.keyboard.press('Tab')
    }
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('stage')
    await page.keyboard.press('ArrowRight')
    const label = () => page.$eval('#stage', stage => stage.getAttribute('aria-label') ?? '')
    await page.waitForFunction(() => document.querySelector('#stage')?.getAttribute('aria-label')?.includes(', at '))
    const first = /at (.*)$/.exec(await label())?.[1]
    const order = (await page.evaluate(() => window.vexel.wall.flags)).map(({ name }) => name)
    const at = order.indexOf(first as string)
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowLeft')
    const wanted = order[Math.max(0, at - 2)]
    await page.waitForFunction(
      name => document.querySelector('#stage')?.getAttribute('aria-label')?.endsWith(`, at ${name}`),
      {},
      wanted,
    )
    await page.waitForFunction(name => document.querySelector('#live')?.textContent?.startsWith(name), {}, wanted)
    expect(await page.$('.outline.mark')).not.toBeNull()
    const { code } = FLAGS.find(({ name }) => name === wanted) as { code: string }
    await page.keyboard.press('Enter')
    await untilOpen(page, `flags/${code}.safetensors`)
    const before = await page.evaluate(() => window.vexel.camera.x)
    await page.keyboard.press('+')
    await page.keyboard.press('ArrowRight')
    await page.waitForFunction(x => window.vexel.camera.x > x, {}, before)
    await page.keyboard.press('Escape')
    await untilOpen(page, null)
  })

  test('zooming in enters the flag, zooming out leaves it, in one flight without a jump', async () => {
    const { page } = await pages.wall({ motion: true })
    await page.mouse.move(...(await middleOf(page, 'jp')))
    // The width of a flag on screen, frame after frame.
    await page.evaluate(() => {
      const widths: number[] = []
      Object.assign(window, { widths })
      const record = () => {
        widths.push(window.vexel.wall.flags.find(({ code }) => code === 'jp')?.box.width ?? 0)
        requestAnimationFrame(record)
      }
      requestAnimationFrame(record)
    })
    for (let i = 0; i < 60 && (await fileOf(page)) === null; i++) {
      await page.mouse.wheel({ deltaY: -60 })
      await page.evaluate(() => new Promise(resolve => requestAnimationFrame(resolve)))
    }
    expect(await fileOf(page)).toBe('flags/jp.safetensors')
    await page.waitForFunction(() => window.vexel.camera.zoom >= 1)
    await expectFlag(page, 'japan')
    for (let i = 0; i < 60 && (await fileOf(page)) !== null; i++) {
      await page.mouse.wheel({ deltaY: 60 })
      await page.evaluate(() => new Promise(resolve => requestAnimationFrame(resolve)))
    }
    expect(await fileOf(page)).toBeNull()
    const steps = await page.evaluate(() => {
      const { widths } = window as unknown as { widths: number[] }
      return widths.slice(1).map((width, i) => Math.abs(Math.log(width / widths[i])))
    })
    // A frame takes its share of the wheel, never a leap: entering and leaving move nothing.
    expect(Math.max(...steps)).toBeLessThan(1.2)
  })

  test('back and forward of the browser go between the wall and the flags', async () => {
    // A history of its own, without the entries of other tests.
    const { page, close } = await openWall({})
    await page.evaluate(() => window.vexel.wall.fly('my'))
    await untilOpen(page, 'flags/my.safetensors')
    await page.evaluate(() => window.vexel.wall.home())
    await untilOpen(page, null)
    await page.evaluate(() => window.vexel.wall.fly('us'))
    await untilOpen(page, 'flags/us.safetensors')
    await page.evaluate(() => history.back())
    await untilOpen(page, null)
    await page.evaluate(() => history.back())
    await untilOpen(page, 'flags/my.safetensors')
    await expectFlag(page, 'malaysia')
    await page.evaluate(() => history.forward())
    await untilOpen(page, null)
    await close()
  })
})

describe('links', () => {
  test('into a flag open it, and only it is loaded until the wall is seen', async () => {
    const { page } = await pages.link('#file=flags/us.safetensors&zoom=8&x=-0.5&y=-0.4&samples=1')
    await expectFlag(page, 'usa')
    const states = async () => (await page.evaluate(() => window.vexel.wall.flags)).map(({ state }) => state)
    expect(await states()).toEqual(FLAGS.map(() => 'waiting'))
    await dismiss(page)
    await page.focus('#stage')
    await page.keyboard.press('Escape')
    await untilOpen(page, null)
    await page.waitForFunction(() =>
      window.vexel.wall.flags.every(({ state }) => state === 'ready' || state === 'failed'),
    )
  })

  test.runIf(isFull)('to a part of the wall, and to its order, show them again', async () => {
    const { page } = await pages.link('#wall=jp&zoom=0.4&sort=psnr&samples=1')
    const picture = await settledPixels(page)
    const state = await page.evaluate(() => window.vexel.state())
    expect(state).toMatchObject({ file: null, wall: 'jp', sort: 'psnr' })
    expect(state.zoom).toBeCloseTo(0.4, 9)
    const order = await page.evaluate(() => window.vexel.wall.flags.map(({ code }) => code))
    expect(order[0]).toBe(
      FLAGS.map((flag, i) => ({ ...flag, psnr: 30 + ((i * 7) % 12) })).sort((a, b) => b.psnr - a.psnr)[0].code,
    )
    await page.waitForFunction(() => location.hash.includes('wall=jp'))
    await pages.link(await page.evaluate(() => location.hash))
    expect(largestDifference(await settledPixels(page), picture.data).levels).toBe(0)
    expect(await page.evaluate(() => window.vexel.state())).toEqual(state)
  })

  test('the order is chosen in the page, and the flags hang anew', async () => {
    const { page } = await pages.link('#samples=1', { width: 900 })
    await page.evaluate(() => window.vexel.settled())
    await dismiss(page)
    await page.select('.sort select', 'hue')
    await page.waitForFunction(() => window.vexel.state().sort === 'hue')
    expect(await expectWall(page)).toBe(GOOD.length)
    await page.waitForFunction(() => location.hash.includes('sort=hue'))
    await page.select('.sort select', 'name')
    await page.waitForFunction(() => !location.hash.includes('sort='))
  })
})

test('files dropped on the wall join it for the visit, and one that is none is told', async () => {
  // What was dropped hangs there as long as the page lives.
  const { page, close } = await openWall({})
  await page.evaluate(() => window.vexel.settled())
  await dismiss(page)
  await dropFiles(page, ['mine.safetensors', oracleFile('nepal')], ['junk.bin', new Uint8Array(3)])
  await page.waitForFunction(() => window.vexel.wall.flags.some(({ name }) => name === 'mine'))
  await page.waitForFunction(() => document.querySelector('.message')?.textContent?.includes('junk.bin'))
  await page.evaluate(() => window.vexel.wall.home())
  const places = await page.evaluate(() => window.vexel.wall.flags)
  expect(places).toHaveLength(FLAGS.length + 1)
  await page.evaluate(() => window.vexel.wall.fly('mine'))
  await page.waitForFunction(() => document.title.startsWith('mine'))
  // Nobody says what proportions it has.
  await expectFlag(page, 'nepal', 1.5)
  await close()
})

describe.each(AXE_SIZES)('at %i x %i', (width, height) => {
  const touch = width < 500
  test('the wall is clean for axe, nothing is wider than the page, a tap flies into a flag', async () => {
    const { page, close } = await openWall({ width, height, touch })
    await page.evaluate(() => window.vexel.settled())
    await dismiss(page)
    await expectAccessible(page)
    const point = await middleOf(page, 'my')
    await (touch ? page.touchscreen.tap(...point) : page.mouse.click(...point))
    await untilOpen(page, 'flags/my.safetensors')
    await close()
  })
})

test('keys count on a page that nobody has clicked yet', async () => {
  const { page } = await pages.link('#samples=1')
  await page.evaluate(() => window.vexel.settled())
  await dismiss(page)
  await page.keyboard.type('jap')
  await page.waitForFunction(() => document.querySelector('#wall-finds li')?.textContent?.includes('Japan'))
  await page.keyboard.press('Enter')
  await untilOpen(page, 'flags/jp.safetensors')
  await (await page.waitForSelector('.back'))?.click()
  await untilOpen(page, null)
  // It takes the focus along when it goes.
  await page.waitForFunction(() => !document.querySelector('.back'))
  await page.keyboard.press('ArrowRight')
  await page.waitForSelector('.outline.mark')
})

test('Enter takes what was typed, also where that is not rendered yet', async () => {
  const { page } = await pages.wall()
  await page.focus('#stage')
  await page.keyboard.type('m')
  await page.waitForFunction(() => document.querySelector('#wall-finds li')?.textContent?.trim() === 'Malaysia')
  // A page that is as late as can be: no frame comes while the rest is typed.
  await page.evaluate(() => {
    const { requestAnimationFrame } = window
    const late: FrameRequestCallback[] = []
    window.requestAnimationFrame = callback => late.push(callback)
    Object.assign(window, {
      goOn: () => {
        window.requestAnimationFrame = requestAnimationFrame
        for (const callback of late) requestAnimationFrame(callback)
      },
    })
  })
  await page.keyboard.press('Backspace')
  await page.keyboard.type('jap')
  await page.keyboard.press('Enter')
  await page.evaluate(() => (window as unknown as { goOn: () => void }).goOn())
  await page.waitForFunction(() => window.vexel.state().file !== null)
  expect(await fileOf(page)).toBe('flags/jp.safetensors')
})

test.runIf(isFull)('a flight that is asked for before the page has its size is made when it has', async () => {
  const { page, close } = await openWall({ before: DELAY_SIZE })
  await page.evaluate(() => window.vexel.wall.fly('jp'))
  await untilOpen(page, 'flags/jp.safetensors')
  await close()
})

test('of several flights at once the last one arrives, and none is waited for in vain', async () => {
  const { page } = await pages.wall({ motion: true })
  await page.evaluate(() =>
    Promise.all([window.vexel.wall.fly('jp'), window.vexel.wall.fly('us'), window.vexel.wall.fly('my')]),
  )
  await untilOpen(page, 'flags/my.safetensors')
  // A page that changes its size in the middle of a flight does not break it off.
  const flight = page.evaluate(() => window.vexel.wall.fly('np'))
  await page.setViewport({ width: 500, height: 300 })
  await flight
  await untilOpen(page, 'flags/np.safetensors')
  await expectFlag(page, 'nepal')
})

test('beside a broken flag the view is that flag’s own, and a link leads there again', async () => {
  const { page } = await pages.link('#wall=xx&zoom=0.5&samples=1')
  await page.evaluate(() => window.vexel.settled())
  const state = await page.evaluate(() => window.vexel.state())
  expect(state.wall).toBe('xx')
  expect(state.zoom).toBeCloseTo(0.5, 9)
  expect(Math.hypot(state.x as number, state.y as number)).toBeLessThan(1e-9)
})
