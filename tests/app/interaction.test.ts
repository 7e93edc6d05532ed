// What a person does: mouse, wheel, touch, keyboard, links, files, the panel.

import { decode } from 'fast-png'
import type { CDPSession, Page } from 'puppeteer'
import { describe, expect, test } from 'vitest'
import { DEFAULT_FRAME, FRAME_KEY } from '../../src/model/frame.js'
import { StateDict } from '../../src/model/state-dict.js'
import type { View } from '../../src/model/view.js'
import { bytesOf } from '../browser/bytes.js'
import { isFull, oracleFile } from '../browser/pages.js'
import { AXE_SIZES, expectAccessible } from './axe.js'
import { dropFiles, largestDifference, openBytes, openExplorer, settledPixels, twoFrames } from './explorer-page.js'
import { PageOfFile } from './one-page.js'

const pages = new PageOfFile({ renderer: 'cpu', width: 400, height: 300 })
const FLAG = 'flags/my.safetensors'
/** As wide as it takes for the panel to stand beside the picture. */
const WIDE = { width: 800, height: 420 }

const cameraOf = (page: Page) => page.evaluate(() => window.vexel.camera)

/** Waits until the camera has come to rest, and the picture with it. */
async function restingCamera(page: Page): Promise<View> {
  // What a gesture asks for is taken in the frame after it.
  await twoFrames(page)
  await page.evaluate(() => window.vexel.settled())
  return await cameraOf(page)
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

describe('mouse and wheel', () => {
  test('the wheel zooms about the pointer, and with ctrl (a trackpad’s pinch) as well', async () => {
    const { page, cdp, errors } = await pages.flag(FLAG, { motion: true })
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
  })

  test('a drag moves the picture with the pointer, and without motion it stops where it is let go', async () => {
    const { page } = await pages.flag()
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
  })

  test('a flung picture runs on and comes to rest', async () => {
    const { page, cdp } = await pages.flag(FLAG, { motion: true })
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
  })

  test('a double click zooms in where it was', async () => {
    const { page } = await pages.flag(FLAG, { motion: true })
    const before = await pointUnder(page, 120, 100)
    await page.mouse.click(120, 100, { count: 2, delay: 10 })
    const after = await restingCamera(page)
    expect(after.zoom).toBeCloseTo(2, 2)
    expect((await pointUnder(page, 120, 100))[0]).toBeCloseTo(before[0], 3)
  })

  test('the colour and the coordinates under the pointer are told', async () => {
    const { page } = await pages.flag(FLAG, { width: 700, height: 400 })
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
    const { page, cdp, errors, close } = await openExplorer(pages.browser, {
      renderer: 'cpu',
      width: 390,
      height: 600,
      touch: true,
      motion: false,
    })
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
    const { page } = await pages.flag(FLAG, WIDE)
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
  })
})

describe('links', () => {
  test('the hash is the state: a link shows the same picture again', async () => {
    const { page } = await pages.link('#samples=1&file=flags/jp.safetensors')
    await page.evaluate(() => {
      window.vexel.frame = { order: 'yx', aspect: 1.25 }
      window.vexel.camera = { x: 0.123, y: -0.5, zoom: 12.5 }
    })
    const pixels = await settledPixels(page)
    const state = await page.evaluate(() => window.vexel.state())
    expect(state).toMatchObject({ file: 'flags/jp.safetensors', x: 0.123, y: -0.5, zoom: 12.5, samples: 1 })
    await page.waitForFunction(() => location.hash.includes('zoom=12.5'))
    const hash = await page.evaluate(() => location.hash)
    expect(hash).toContain('file=flags/jp.safetensors&')
    await pages.link(hash)
    expect(await page.evaluate(() => window.vexel.state())).toEqual(state)
    expect(largestDifference(await settledPixels(page), pixels.data).levels).toBe(0)
  })

  test.runIf(isFull)('nonsense in a link is told, and the wall is shown all the same', async () => {
    for (const [hash, message] of [
      ['#zoom=much&samples=3&x=%zz&frame={broken', /link: .*zoom/],
      ['#wall=atlantis', /link: wall: there is no flag "atlantis"/],
      ['#wall=atlantis&sort=foo', /link: sort: expected one of .*; link: wall: there is no flag "atlantis"/],
      ['#sort=beauty', /link: sort: expected one of name, hue/],
      ['#file=flags/none.safetensors', /there is no flag none here/],
      ['#file=samples/none.safetensors', /samples\/none\.safetensors: the server answers 404/],
      ['#file=javascript:alert(1)', /expected an http or https address/],
      ['#file=./index.html', /HTML/],
    ] as const) {
      const { page } = await pages.link(hash)
      const alert = await page.waitForSelector('.message[role=alert]')
      expect(await alert?.evaluate(element => element.textContent)).toMatch(message)
      expect(await page.evaluate(() => window.vexel.state().file)).toBeNull()
      await page.waitForSelector('#app.wall')
      await page.click('.message button')
      await page.waitForFunction(() => !document.querySelector('.message'))
    }
  })

  test('back returns to the flag before', async () => {
    const { page } = await pages.flag()
    await page.evaluate(() => window.vexel.open('flags/jp.safetensors'))
    await page.evaluate(() => window.vexel.open('flags/np.safetensors'))
    await page.evaluate(() => history.back())
    await page.waitForFunction(() => window.vexel.state().file === 'flags/jp.safetensors')
    await page.evaluate(() => history.back())
    await page.waitForFunction(() => window.vexel.state().file === 'flags/my.safetensors')
  })
})

describe('files', () => {
  test('a file is opened by the chooser and by dropping it anywhere, a bad one changes nothing but the message', async () => {
    const { page, errors } = await pages.flag()
    const input = await page.$('input#file-input')
    await input?.uploadFile(new URL('../oracle/usa.safetensors', import.meta.url).pathname)
    await page.waitForFunction(() => document.title.startsWith('usa.safetensors'))

    await dropFiles(page, ['peak.safetensors', oracleFile('nepal')])
    await page.waitForFunction(() => document.title.startsWith('peak.safetensors'))
    const before = await settledPixels(page)
    for (const [text, message] of [
      ['\x80\x02}q\x00.', /flag\.pt: .*pickle.*safetensors/],
      ['<!doctype html><title>404</title>', /HTML/],
      ['version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n', /LFS/],
      ['\x89PNG\r\n\x1a\n', /PNG/],
      ['', /empty/],
    ] as const) {
      await dropFiles(page, ['flag.pt', Buffer.from(text, 'latin1')])
      await page.waitForFunction(
        pattern => new RegExp(pattern).test(document.querySelector('.message')?.textContent ?? ''),
        {},
        message.source,
      )
      expect(await page.title()).toMatch(/^peak\.safetensors/)
    }
    expect(largestDifference(await settledPixels(page), before.data).levels).toBe(0)
    expect(errors).toEqual([])
  })

  test('names and metadata of a file are text, whatever they look like', async () => {
    const { page, errors } = await pages.flag()
    const stateDict = StateDict.parse(oracleFile('japan'))
    stateDict.setMetadata('<img src=x onerror="window.hacked=1">', '<script>window.hacked=1</script>')
    stateDict.setMetadata('__proto__', 'harmless')
    expect(await openBytes(page, stateDict.serialize())).toBeNull()
    await page.waitForFunction(() => document.querySelector('#panel')?.textContent?.includes('<script>'))
    expect(await page.$eval('#panel', panel => panel.textContent)).toContain('harmless')
    expect(await page.$$('#panel img, #panel script')).toHaveLength(0)
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
    expect(errors).toEqual([])
  })

  test('a name with marks that turn or move text is written as their code points, in the title and where it is told', async () => {
    const { page } = await pages.flag()
    await dropFiles(page, ['a\u202eb\u0085c.safetensors', oracleFile('japan')])
    await page.waitForFunction(() => document.title.includes('.safetensors'))
    await page.waitForFunction(() => document.querySelector('#live')?.textContent?.startsWith('opened'))
    const shown = await page.evaluate(() => [
      document.title,
      document.querySelector('header')?.textContent ?? '',
      document.querySelector('#live')?.textContent ?? '',
    ])
    for (const text of shown) {
      expect(text).toContain('a\\u{202e}b\\u{85}c')
      expect(text).not.toMatch(/[\u202e\u0085]/)
    }
  })

  test('of several files opened at once the last one stays', async () => {
    const { page } = await pages.flag()
    await page.evaluate(async () => {
      const opens = ['jp', 'np', 'us'].map(code => window.vexel.open(`flags/${code}.safetensors`))
      await Promise.allSettled(opens)
    })
    expect(await page.evaluate(() => window.vexel.state().file)).toBe('flags/us.safetensors')
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
    const { page } = await pages.flag(FLAG, WIDE)
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
  })

  test('the proof runs on this machine and can be copied', async () => {
    const { page, close } = await openExplorer(pages.browser, { renderer: 'webgl', ...WIDE, height: 300 })
    for (const button of await page.$$('#panel button'))
      if ((await button.evaluate(element => element.textContent?.trim())) === 'Prove it on my GPU') await button.click()
    await page.waitForSelector('.good')
    const text = await page.$eval('#panel pre', pre => pre.textContent)
    expect(text).toMatch(/renderer {7}ANGLE/)
    expect(text).toMatch(/largest error {2}\d\.\d+e-\d/)
    await close()
  })

  test('the view is saved as the very pixels, the file with its frame', async () => {
    const { page } = await pages.flag(FLAG, WIDE)
    await page.evaluate(() => window.saved.clear())
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
    await page.waitForFunction(() => window.saved.size === 2)
    const [picture, network] = [
      await bytesOf(page, () => [...window.saved.values()].find(({ name }) => name.endsWith('.png'))!),
      await bytesOf(page, () => [...window.saved.values()].find(({ name }) => name.endsWith('.safetensors'))!),
    ]
    const png = decode(picture)
    expect([png.width, png.height]).toEqual([pixels.width, pixels.height])
    expect(png.data.filter((_, i) => i % png.channels < 3)).toEqual(pixels.data.filter((_, i) => i % 4 < 3))
    const stateDict = StateDict.parse(network)
    expect(JSON.parse(stateDict.metadata.get(FRAME_KEY) ?? '')).toEqual({ ...DEFAULT_FRAME, aspect: 1.9 })
    expect(stateDict.values('dense4.weight')).toEqual(StateDict.parse(oracleFile('usa')).values('dense4.weight'))
  })

  test.runIf(isFull).each(AXE_SIZES)(
    'axe finds nothing to complain of at %i x %i, and nothing is wider than the page',
    async (width, height) => {
      const { page, close } = await openExplorer(pages.browser, { renderer: 'cpu', width, height, touch: width < 500 })
      if (width < 500) await page.click('.panel-toggle')
      await expectAccessible(page)
      await close()
    },
  )

  test('the time told of a picture is that of the last one', async () => {
    const { page } = await pages.flag()
    for (const zoom of [1, 3]) {
      const { frameMs, told } = await page.evaluate(async zoom => {
        window.vexel.camera = { zoom }
        await window.vexel.settled()
        return {
          frameMs: window.vexel.stats().frameMs,
          told: document.querySelector('.speed')?.textContent ?? '',
        }
      }, zoom)
      const [, figure, unit] = / ([\d.]+) (ms|s) a picture/.exec(told) ?? []
      const toldMs = Number(figure) * (unit === 's' ? 1000 : 1)
      // Told with two or three digits.
      expect(Math.abs(toldMs - (frameMs ?? 0)), `${told} for ${frameMs}`).toBeLessThanOrEqual(0.06 * toldMs + 1)
    }
  })

  test('what happens is said in a live region', async () => {
    const { page } = await pages.link(`#samples=1&file=${FLAG}`)
    await page.waitForFunction(() => /opened my\.safetensors/.test(document.querySelector('#live')?.textContent ?? ''))
    await page.evaluate(() => void Object.assign(window.vexel, { camera: { zoom: 250 } }))
    await page.waitForFunction(() => /zoom 250×/.test(document.querySelector('#live')?.textContent ?? ''))
    // Of a screen that was left nothing is said.
    await page.evaluate(() => window.vexel.wall.home())
    await page.waitForFunction(() => document.querySelector('#live')?.textContent === '')
  })
})
