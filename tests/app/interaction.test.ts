// What a person does: mouse, wheel, touch, keyboard, links, files, the panel.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { decode } from 'fast-png'
import type { Browser, CDPSession, Page } from 'puppeteer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DEFAULT_FRAME, FRAME_KEY } from '../../src/model/frame.js'
import { StateDict } from '../../src/model/state-dict.js'
import type { View } from '../../src/model/view.js'
import { connect, isFull, oracleFile } from '../browser/pages.js'
import { largestDifference, openBytes, openExplorer, settledPixels } from './explorer-page.js'

let browser: Browser

beforeAll(async () => {
  browser = await connect()
})

afterAll(async () => {
  await browser?.disconnect()
})

const cameraOf = (page: Page) => page.evaluate(() => window.vexel.camera)

/** Waits until the camera has come to rest: unchanged over several animation frames, however slow they are. */
async function restingCamera(page: Page): Promise<View> {
  return await page.evaluate(async () => {
    let last = JSON.stringify(window.vexel.camera)
    for (let still = 0; still < 5; still++) {
      await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve, 40)))
      const now = JSON.stringify(window.vexel.camera)
      if (now !== last) still = 0
      last = now
    }
    return window.vexel.camera
  })
}

/** Plane point under a CSS position of the stage, by the design's formula for a frame of [-1, 1] and aspect 2. */
async function pointUnder(page: Page, x: number, y: number): Promise<[number, number]> {
  const view = await cameraOf(page)
  const box = await page.$eval('#stage', stage => {
    const { left, top, width, height } = stage.getBoundingClientRect()
    return { left, top, width, height }
  })
  const fitted = Math.min(box.width, box.height * 2)
  return [
    view.x + ((x - box.left - box.width / 2) / fitted / view.zoom) * 2,
    view.y + ((y - box.top - box.height / 2) / (fitted / 2) / view.zoom) * 2,
  ]
}

/** Seconds of events that follow one another by the milliseconds that are said, beginning now, as the browser's protocol takes them. */
function eventClock(): (afterMs: number) => number {
  let nowMs = Date.now()
  return afterMs => (nowMs += afterMs) / 1000
}

async function reduceMotion(page: Page): Promise<void> {
  await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }])
}

describe('mouse and wheel', () => {
  test('the wheel zooms about the pointer, and with ctrl (a trackpad’s pinch) as well', async () => {
    const { page, cdp, errors, close } = await openExplorer(browser, { width: 400, height: 300 })
    for (const modifiers of [0, 2]) {
      const before = await pointUnder(page, 90, 200)
      const zoom = (await cameraOf(page)).zoom
      await cdp.send('Input.dispatchMouseEvent', {
        type: 'mouseWheel',
        x: 90,
        y: 200,
        deltaX: 0,
        deltaY: -60,
        modifiers,
      })
      const after = await restingCamera(page)
      expect(after.zoom).toBeGreaterThan(zoom * 1.1)
      const point = await pointUnder(page, 90, 200)
      expect(point[0]).toBeCloseTo(before[0], 6)
      expect(point[1]).toBeCloseTo(before[1], 6)
    }
    expect(errors).toEqual([])
    await close()
  })

  test('a drag moves the picture with the pointer, and without motion it stops where it is let go', async () => {
    const { page, close } = await openExplorer(browser, { width: 400, height: 300 })
    await reduceMotion(page)
    const before = await pointUnder(page, 100, 150)
    await page.mouse.move(100, 150)
    await page.mouse.down()
    await page.mouse.move(130, 160, { steps: 4 })
    await page.mouse.move(160, 130, { steps: 4 })
    await page.mouse.up()
    await restingCamera(page)
    const point = await pointUnder(page, 160, 130)
    expect(point[0]).toBeCloseTo(before[0], 6)
    expect(point[1]).toBeCloseTo(before[1], 6)
    await close()
  })

  test('a flung picture runs on and comes to rest', async () => {
    const { page, cdp, close } = await openExplorer(browser, { width: 400, height: 300 })
    // When each event happened is said: how fast a picture was let go is not the machine's business.
    const clock = eventClock()
    const mouse = (type: 'mouseMoved' | 'mousePressed' | 'mouseReleased', x: number, afterMs: number) =>
      cdp.send('Input.dispatchMouseEvent', {
        type,
        x,
        y: 150,
        button: 'left',
        buttons: type === 'mouseReleased' ? 0 : 1,
        clickCount: type === 'mouseMoved' ? 0 : 1,
        timestamp: clock(afterMs),
      })
    const before = await restingCamera(page)
    await page.mouse.move(100, 150)
    await mouse('mousePressed', 100, 16)
    for (let x = 110; x <= 200; x += 15) await mouse('mouseMoved', x, 16)
    await mouse('mouseReleased', 200, 4)
    const rest = await restingCamera(page)
    expect(rest.y).toBeCloseTo(before.y, 3)
    // By the hand 100 of 400 pixels, which are two units wide, and then by itself.
    expect(rest.x).toBeLessThan(before.x - (100 / 400) * 2 - 0.05)
    await close()
  })

  test('a double click zooms in where it was', async () => {
    const { page, close } = await openExplorer(browser, { width: 400, height: 300 })
    const before = await pointUnder(page, 120, 100)
    await page.mouse.click(120, 100, { count: 2, delay: 10 })
    const after = await restingCamera(page)
    expect(after.zoom).toBeCloseTo(2, 2)
    expect((await pointUnder(page, 120, 100))[0]).toBeCloseTo(before[0], 3)
    await close()
  })

  test('the colour and the coordinates under the pointer are told', async () => {
    const { page, close } = await openExplorer(browser, { width: 700, height: 400 })
    await page.evaluate(() => window.vexel.settled())
    await page.mouse.move(300, 200)
    const probe = await page.waitForSelector('.probe')
    const text = (await probe?.evaluate(element => element.textContent)) ?? ''
    const [x, y] = await pointUnder(page, 300, 200)
    const told = /#([0-9a-f]{6}) · x (-?[\d.]+) · y\s+(-?[\d.]+)/.exec(text)
    expect(told, text).not.toBeNull()
    expect(Number(told?.[2])).toBeCloseTo(x, 2)
    expect(Number(told?.[3])).toBeCloseTo(y, 2)
    const { width, data } = await settledPixels(page)
    const box = await page.$eval('#stage', stage => stage.getBoundingClientRect().top)
    const at = ((200 - Math.floor(box)) * width + 300) * 4
    const shown = Number.parseInt(told?.[1] ?? '', 16)
    expect(Math.abs((shown >> 16) - data[at])).toBeLessThan(30)
    await close()
  })
})

describe('touch', () => {
  const touch = (
    cdp: CDPSession,
    type: 'touchStart' | 'touchMove' | 'touchEnd',
    points: [number, number][],
    timestamp?: number,
  ) =>
    cdp.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })), timestamp })

  test('one finger pans, two fingers pinch about their middle, two taps zoom in', async () => {
    const { page, cdp, errors, close } = await openExplorer(browser, { width: 390, height: 600, touch: true })
    await reduceMotion(page)
    const clock = eventClock()
    const start = await pointUnder(page, 200, 300)
    await touch(cdp, 'touchStart', [[200, 300]])
    for (const y of [310, 330, 350]) await touch(cdp, 'touchMove', [[200, y]])
    await touch(cdp, 'touchEnd', [])
    await restingCamera(page)
    const panned = await pointUnder(page, 200, 350)
    expect(panned[0]).toBeCloseTo(start[0], 4)
    expect(panned[1]).toBeCloseTo(start[1], 4)

    const middle = await pointUnder(page, 200, 300)
    const { zoom } = await cameraOf(page)
    await touch(cdp, 'touchStart', [
      [180, 300],
      [220, 300],
    ])
    for (const half of [30, 50, 80])
      await touch(cdp, 'touchMove', [
        [200 - half, 300],
        [200 + half, 300],
      ])
    await touch(cdp, 'touchEnd', [])
    const pinched = await restingCamera(page)
    expect(pinched.zoom / zoom).toBeGreaterThan(2)
    expect(pinched.zoom / zoom).toBeLessThan(4.2)
    const after = await pointUnder(page, 200, 300)
    expect(after[0]).toBeCloseTo(middle[0], 2)
    expect(after[1]).toBeCloseTo(middle[1], 2)

    // A second later two taps, a tenth of a second after one another.
    for (const afterMs of [1000, 60]) {
      await touch(cdp, 'touchStart', [[150, 280]], clock(afterMs))
      await touch(cdp, 'touchEnd', [], clock(40))
    }
    expect((await restingCamera(page)).zoom / pinched.zoom).toBeCloseTo(2, 2)
    expect(errors).toEqual([])
    await close()
  })
})

describe('keyboard', () => {
  test('arrows move, plus and minus zoom, 0 goes home, Tab reaches every control', async () => {
    const { page, close } = await openExplorer(browser, { width: 900, height: 500 })
    await reduceMotion(page)
    await page.focus('#stage')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowDown')
    const moved = await restingCamera(page)
    expect(moved.x).toBeGreaterThan(0.1)
    expect(moved.y).toBeGreaterThan(0.1)
    await page.keyboard.press('+')
    await page.keyboard.press('+')
    expect((await restingCamera(page)).zoom).toBeCloseTo(2.25, 6)
    await page.keyboard.press('-')
    expect((await restingCamera(page)).zoom).toBeCloseTo(1.5, 6)
    await page.keyboard.press('0')
    expect(await restingCamera(page)).toEqual({ x: 0, y: 0, zoom: 1 })

    const reached = new Set<string>()
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('Tab')
      reached.add(await page.evaluate(() => document.activeElement?.textContent?.trim().slice(0, 24) ?? ''))
    }
    const all = await page.$$eval('button:not(:disabled), summary', elements =>
      elements.map(element => element.textContent?.trim().slice(0, 24) ?? ''),
    )
    for (const name of all) expect([...reached], `Tab reaches ${name}`).toContain(name)
    await close()
  })
})

describe('links', () => {
  test('the hash is the state: a link shows the same picture again', async () => {
    const first = await openExplorer(browser, { hash: '#samples=1&file=flags/jp.safetensors' })
    await first.page.evaluate(() => {
      window.vexel.frame = { order: 'yx', aspect: 1.25 }
      window.vexel.camera = { x: 0.123, y: -0.5, zoom: 12.5 }
    })
    const pixels = await settledPixels(first.page)
    const state = await first.page.evaluate(() => window.vexel.state())
    expect(state).toMatchObject({ file: 'flags/jp.safetensors', x: 0.123, y: -0.5, zoom: 12.5, samples: 1 })
    await first.page.waitForFunction(() => location.hash.includes('zoom=12.5'))
    const hash = await first.page.evaluate(() => location.hash)
    expect(hash).toContain('file=flags/jp.safetensors&')
    const second = await openExplorer(browser, { hash })
    expect(await second.page.evaluate(() => window.vexel.state())).toEqual(state)
    expect(largestDifference(await settledPixels(second.page), pixels.data).levels).toBe(0)
    await first.close()
    await second.close()
  })

  test.runIf(isFull)('nonsense in a link is told, and the wall is shown all the same', async () => {
    for (const [hash, message] of [
      ['#zoom=much&samples=3&x=%zz&frame={broken', /link: .*zoom/],
      ['#wall=atlantis', /link: wall: there is no flag "atlantis"/],
      ['#wall=atlantis&sort=foo', /link: sort: expected one of .*; link: wall: there is no flag "atlantis"/],
      ['#sort=beauty', /link: sort: expected one of name, hue/],
      ['#file=flags/none.safetensors', /flags\/none\.safetensors: the server answers 404/],
      ['#file=javascript:alert(1)', /expected an http or https address/],
      ['#file=./index.html', /HTML/],
    ] as const) {
      const { page, close } = await openExplorer(browser, { hash })
      const alert = await page.waitForSelector('.message[role=alert]')
      expect(await alert?.evaluate(element => element.textContent)).toMatch(message)
      expect(await page.evaluate(() => window.vexel.state().file)).toBeNull()
      await page.waitForSelector('#app.wall')
      await page.click('.message button')
      await page.waitForFunction(() => !document.querySelector('.message'))
      await close()
    }
  })

  test('back returns to the flag before', async () => {
    const { page, close } = await openExplorer(browser)
    await page.evaluate(() => window.vexel.open('flags/jp.safetensors'))
    await page.evaluate(() => window.vexel.open('flags/np.safetensors'))
    await page.evaluate(() => history.back())
    await page.waitForFunction(() => window.vexel.state().file === 'flags/jp.safetensors')
    await page.evaluate(() => history.back())
    await page.waitForFunction(() => window.vexel.state().file === 'flags/my.safetensors')
    await close()
  })
})

describe('files', () => {
  test('a file is opened by the chooser and by dropping it anywhere, a bad one changes nothing but the message', async () => {
    const { page, errors, close } = await openExplorer(browser, { width: 900, height: 500 })
    const input = await page.$('input#file-input')
    await input?.uploadFile(new URL('../oracle/usa.safetensors', import.meta.url).pathname)
    await page.waitForFunction(() => document.title.startsWith('usa.safetensors'))

    const drop = (text: string, name: string) =>
      page.evaluate(
        (base64, name) => {
          const transfer = new DataTransfer()
          const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0))
          transfer.items.add(new File([bytes], name))
          const target = document.querySelector('header') as HTMLElement
          for (const type of ['dragenter', 'dragover', 'drop'])
            target.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }))
        },
        Buffer.from(text, 'latin1').toString('base64'),
        name,
      )
    await drop(Buffer.from(oracleFile('nepal')).toString('latin1'), 'peak.safetensors')
    await page.waitForFunction(() => document.title.startsWith('peak.safetensors'))
    const before = await settledPixels(page)
    for (const [text, message] of [
      ['\x80\x02}q\x00.', /flag\.pt: .*pickle.*safetensors/],
      ['<!doctype html><title>404</title>', /HTML/],
      ['version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n', /LFS/],
      ['\x89PNG\r\n\x1a\n', /PNG/],
      ['', /empty/],
    ] as const) {
      await drop(text, 'flag.pt')
      await page.waitForFunction(
        pattern => new RegExp(pattern).test(document.querySelector('.message')?.textContent ?? ''),
        {},
        message.source,
      )
      expect(await page.title()).toMatch(/^peak\.safetensors/)
    }
    expect(largestDifference(await settledPixels(page), before.data).levels).toBe(0)
    expect(errors).toEqual([])
    await close()
  })

  test('names and metadata of a file are text, whatever they look like', async () => {
    const { page, errors, close } = await openExplorer(browser, { width: 900, height: 500 })
    const stateDict = StateDict.parse(oracleFile('japan'))
    stateDict.setMetadata('<img src=x onerror="window.hacked=1">', '<script>window.hacked=1</script>')
    stateDict.setMetadata('__proto__', 'harmless')
    expect(await openBytes(page, stateDict.serialize())).toBeNull()
    await page.waitForFunction(() => document.querySelector('#panel')?.textContent?.includes('<script>'))
    expect(await page.$eval('#panel', panel => panel.textContent)).toContain('harmless')
    expect(await page.$$('#panel img, #panel script')).toHaveLength(0)
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
    expect(errors).toEqual([])
    await close()
  })

  test('of several files opened at once the last one stays', async () => {
    const { page, close } = await openExplorer(browser)
    await page.evaluate(async () => {
      const opens = ['jp', 'np', 'us'].map(code => window.vexel.open(`flags/${code}.safetensors`))
      await Promise.allSettled(opens)
    })
    expect(await page.evaluate(() => window.vexel.state().file)).toBe('flags/us.safetensors')
    await close()
  })
})

describe('the panel', () => {
  async function labelled(page: Page, label: string): Promise<string> {
    return await page.$$eval(
      'label',
      (labels, text) => {
        const control = labels.find(l => l.textContent?.trim().startsWith(text))?.querySelector('input, select')
        if (!control) throw new Error(`no control labelled ${text}`)
        control.id ||= `control-${Math.random().toString(36).slice(2)}`
        return `#${control.id}`
      },
      label,
    )
  }

  test('the frame’s controls change the picture at once, nonsense is refused, Reset restores', async () => {
    const { page, close } = await openExplorer(browser, { width: 900, height: 500 })
    const before = await settledPixels(page)
    const type = async (label: string, text: string) => {
      const selector = await labelled(page, label)
      // Focused first: a field that nobody is in is written anew by the page, between clearing and typing, too.
      await page.focus(selector)
      await page.$eval(selector, input => {
        ;(input as HTMLInputElement).select()
      })
      await page.type(selector, text)
      await page.keyboard.press('Tab')
    }
    await type('Left', '1')
    expect((await page.evaluate(() => window.vexel.frame)).x, 'left equals right').toEqual([-1, 1])
    expect(await page.$eval(await labelled(page, 'Left'), input => input.getAttribute('aria-invalid'))).toBe('true')
    await type('Left', '-0.5')
    await type('Width', '3:1')
    await page.select(await labelled(page, 'Channels'), 'bgr')
    expect(await page.evaluate(() => window.vexel.frame)).toEqual({
      ...DEFAULT_FRAME,
      x: [-0.5, 1],
      aspect: 3,
      channels: 'bgr',
    })
    expect(largestDifference(await settledPixels(page), before.data).levels).toBeGreaterThan(50)
    const buttons = await page.$$('#panel button')
    for (const button of buttons)
      if ((await button.evaluate(element => element.textContent?.trim())) === 'Reset') await button.click()
    expect(largestDifference(await settledPixels(page), before.data).levels).toBe(0)
    await close()
  })

  test('the proof runs on this machine and can be copied', async () => {
    const { page, close } = await openExplorer(browser, { width: 900, height: 500 })
    await page.evaluate(() => window.vexel.settled())
    for (const button of await page.$$('#panel button'))
      if ((await button.evaluate(element => element.textContent?.trim())) === 'Prove it on my GPU') await button.click()
    await page.waitForSelector('.good')
    const text = await page.$eval('#panel pre', pre => pre.textContent)
    expect(text).toMatch(/renderer {7}ANGLE/)
    expect(text).toMatch(/largest error {2}\d\.\d+e-\d/)
    await close()
  })

  test('the view is saved as the very pixels, the file with its frame', async () => {
    const { page, close } = await openExplorer(browser, {
      width: 900,
      height: 500,
      before: `
        window.saved = {};
        const { createObjectURL } = URL;
        URL.createObjectURL = file => { window.saved[file.name] = file; return createObjectURL(file); };
        HTMLAnchorElement.prototype.click = function () {};`,
    })
    expect(await openBytes(page, oracleFile('usa'))).toBeNull()
    await page.evaluate(() => {
      window.vexel.frame = { aspect: 1.9 }
      window.vexel.camera = { x: -0.3, y: -0.2, zoom: 2 }
    })
    const pixels = await settledPixels(page)
    for (const button of await page.$$('#panel button')) {
      const text = await button.evaluate(element => element.textContent?.trim() ?? '')
      if (text.startsWith('Save')) await button.click()
    }
    await page.waitForFunction(
      () => Object.keys((window as unknown as { saved: Record<string, File> }).saved).length === 2,
    )
    const saved = await page.evaluate(async () => {
      const files = Object.values((window as unknown as { saved: Record<string, File> }).saved)
      return await Promise.all(
        files.map(async file => [file.name, [...new Uint8Array(await file.arrayBuffer())]] as const),
      )
    })
    const bytesOf = (ending: string) => Uint8Array.from(saved.find(([name]) => name.endsWith(ending))?.[1] ?? [])
    const png = decode(bytesOf('.png'))
    expect([png.width, png.height]).toEqual([pixels.width, pixels.height])
    expect(png.data.filter((_, i) => i % png.channels < 3)).toEqual(pixels.data.filter((_, i) => i % 4 < 3))
    const stateDict = StateDict.parse(bytesOf('.safetensors'))
    expect(JSON.parse(stateDict.metadata.get(FRAME_KEY) ?? '')).toEqual({ ...DEFAULT_FRAME, aspect: 1.9 })
    expect(stateDict.values('dense4.weight')).toEqual(StateDict.parse(oracleFile('usa')).values('dense4.weight'))
    await close()
  })

  test.each([
    [1280, 800],
    [390, 844],
  ])('axe finds nothing to complain of at %i x %i, and nothing is wider than the page', async (width, height) => {
    const { page, close } = await openExplorer(browser, { width, height, touch: width < 500 })
    const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
    if (width < 500) await page.click('.panel-toggle')
    await page.evaluate(source)
    const violations = await page.evaluate(async () => {
      const { axe } = window as unknown as {
        axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
      }
      return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)
    })
    expect(violations).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    await close()
  })

  test('the time told of a picture is that of the last one', async () => {
    const { page, close } = await openExplorer(browser, { width: 900, height: 500 })
    for (const zoom of [1, 3]) {
      await page.evaluate(zoom => void Object.assign(window.vexel, { camera: { zoom } }), zoom)
      await page.evaluate(() => window.vexel.settled())
      await page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve, 50))))
      const { frameMs } = await page.evaluate(() => window.vexel.stats())
      const told = await page.$eval('.speed', element => element.textContent ?? '')
      const [, figure, unit] = / ([\d.]+) (ms|s) a picture/.exec(told) ?? []
      const toldMs = Number(figure) * (unit === 's' ? 1000 : 1)
      // Told with two or three digits.
      expect(Math.abs(toldMs - (frameMs ?? 0)), `${told} for ${frameMs}`).toBeLessThanOrEqual(0.06 * toldMs + 1)
    }
    await close()
  })

  test('what happens is said in a live region', async () => {
    const { page, close } = await openExplorer(browser)
    await page.waitForFunction(() => /opened my\.safetensors/.test(document.querySelector('#live')?.textContent ?? ''))
    await page.evaluate(() => void Object.assign(window.vexel, { camera: { zoom: 250 } }))
    await page.waitForFunction(() => /zoom 250×/.test(document.querySelector('#live')?.textContent ?? ''))
    await close()
  })
})
