// What is seen, as a state machine: the real wall, navigator and contents put together as the page does it, without a browser. The renderer is
// one that holds networks and draws nothing.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Opened } from '../../src/app/open/opened.js'
import type { Spot, StripPlace, UnitsPlace } from '../../src/app/places/place.js'
import { Places } from '../../src/app/places/places.js'
import { Wall } from '../../src/app/wall/wall.js'
import { Contents } from '../../src/draw/contents.js'
import type { Renderer } from '../../src/draw/renderer.js'
import type { Viewer } from '../../src/draw/viewer.js'
import { foldNetwork } from '../../src/model/fold.js'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import { wholeFrame } from '../../src/model/view.js'
import { openParsed, parseFile } from '../../src/open/open-file.js'
import { sameCamera } from '../../src/world/camera.js'
import { Navigator } from '../../src/world/navigator.js'
import { cameraOnto, nearestTo } from '../../src/world/overview.js'
import type { StillAtlas } from '../../src/world/stills.js'
import { oracleFile } from '../browser/pages.js'

const WHOLE = { x: 0, y: 0, zoom: 1 }
const VIEWPORT = { width: 600, height: 400 }
const CODES = ['aa', 'bb', 'cc', 'dd']
const FRAME = { ...DEFAULT_FRAME, aspect: 1.5 }

beforeEach(() => {
  const flags = CODES.map(code => ({ code, name: code, file: `${code}.safetensors`, width: 3, height: 2 }))
  vi.stubGlobal('window', globalThis)
  vi.stubGlobal('document', { baseURI: 'http://localhost/' })
  vi.stubGlobal('fetch', async (url: URL) =>
    url.pathname.endsWith('.json')
      ? new Response(JSON.stringify({ flags }))
      : new Response(oracleFile('japan') as Uint8Array<ArrayBuffer>),
  )
})

afterEach(() => vi.unstubAllGlobals())

const until = (isSo: () => boolean) => vi.waitFor(() => expect(isSo()).toBe(true), { interval: 1, timeout: 60_000 })

/** The page's insides, at the wall, all of whose flags hang. */
async function openWorld(viewport = VIEWPORT) {
  const nothing = () => {}
  let handles = 0
  const renderer = {
    addNetwork: async () => ++handles,
    prepareTaps: async () => {},
    updateNetwork: nothing,
    removeNetwork: nothing,
  } as unknown as Renderer
  const navigator: Navigator = new Navigator(
    () => ({ item: contents.item, isAlone: !contents.isWorld, wholeScale: places.current.home.scale }),
    nothing,
  )
  const contents: Contents = new Contents({
    renderer: () => renderer,
    check: nothing,
    whenReady: async () => {},
    stills: { remove: nothing, outdate: nothing, age: nothing } as unknown as StillAtlas,
    camera: () => navigator.camera,
    onChange: nothing,
    onOpen: frame => navigator.setView(wholeFrame(frame)),
    onEnter: () => navigator.adoptCamera(),
    onArrival: nothing,
    requestFrame: nothing,
    onMoved: nothing,
    hurry: nothing,
    onRefused: nothing,
  })
  const viewer = {
    navigator,
    contents,
    pixelRatio: 1,
    get viewport() {
      return navigator.viewport
    },
    get camera() {
      return navigator.camera
    },
    get view() {
      return navigator.view
    },
    get frame() {
      return contents.frame
    },
    get isWorld() {
      return contents.isWorld
    },
  } as unknown as Viewer
  const opened = new Opened(viewer)
  const wall: Wall = new Wall(viewer, {
    isSeen: () => places.isWall,
    isEdited: () => false,
    onChange: () => places.changed.emit(),
    rehang: arrange => places.rehang(wall, arrange),
    back: () => void places.showWall(),
  })
  /** What was put into the address, and what was open by then. */
  const written: string[] = []
  const places: Places = new Places(viewer, opened, wall, how => {
    written.push(`${how} ${places.kind} ${opened.file?.url ?? null}`)
  })
  contents.attach(renderer)
  navigator.isInstant = true
  let nowMs = 0
  /** What the viewer does in an animation frame. */
  const frame = () => {
    navigator.step((nowMs += 16))
    places.cameraMoved()
    places.changed.emit()
  }
  /** Frames until something is over. */
  const during = async (work: Promise<unknown>) => {
    const over = work.then(() => true)
    for (let i = 0; i < 2000; i++) {
      frame()
      if (await Promise.race([over, new Promise(resolve => setImmediate(resolve, false))])) return
    }
    expect.fail('it is not over')
  }
  const resize = (size: { width: number; height: number }) => {
    navigator.resize(size)
    places.resized()
  }
  await wall.start()
  if (viewport.width > 0) resize(viewport)
  places.showWallAt({ wall: null, x: null, y: null, zoom: 1 })
  if (viewport.width > 0) await until(() => wall.count.ready === CODES.length && !contents.isExpecting)
  const flagOf = (code: string) => wall.flagOf(code)!
  const enter = (code: string) => during(places.enterFlag(flagOf(code)))
  /** Zooms as a hand does, about the middle. */
  const zoomTo = (zoom: number) => {
    const { camera, view } = navigator
    navigator.move({ ...camera, scale: (camera.scale * zoom) / view!.zoom })
    frame()
  }
  return { places, opened, wall, contents, navigator, written, frame, during, resize, flagOf, enter, zoomTo }
}

type World = Awaited<ReturnType<typeof openWorld>>

describe('the wall', () => {
  test('is seen first, all of it, and stays whole in another viewport', async () => {
    const { places, navigator, wall, resize } = await openWorld()
    expect([places.kind, places.isFlagSeen]).toEqual(['wall', false])
    expect(places.wallView).toEqual({ wall: null, x: null, y: null, zoom: 1 })
    resize({ width: 300, height: 700 })
    expect(navigator.camera).toEqual(wall.home)
    expect(places.wallView?.wall).toBeNull()
  })

  test('tells a part of itself by the nearest flag, and shows it again by that, never so near that it is entered', async () => {
    const { places, navigator, flagOf, frame } = await openWorld()
    expect(places.showWallAt({ wall: 'cc', x: 0.25, y: -0.5, zoom: 0.5 })).toBe(true)
    expect(places.wallView).toEqual({ wall: 'cc', x: 0.25, y: -0.5, zoom: 0.5 })
    expect(places.showWallAt({ wall: 'bb', x: null, y: null, zoom: 7 })).toBe(true)
    frame()
    expect(places.kind).toBe('wall')
    expect(places.wallView?.zoom).toBeCloseTo(0.99, 9)
    expect(navigator.camera.x).toBeCloseTo(flagOf('bb').rect.x + flagOf('bb').rect.width / 2, 9)
    expect(places.showWallAt({ wall: 'atlantis', x: null, y: null, zoom: 1 })).toBe(false)
    expect(places.wallView?.wall).toBeNull()
  })

  test('keeps what is looked at in sight when the viewport changes', async () => {
    const { places, resize } = await openWorld()
    places.showWallAt({ wall: 'dd', x: 0, y: 0, zoom: 0.6 })
    resize({ width: 300, height: 500 })
    expect(places.wallView?.wall).toBe('dd')
  })
})

describe('a flag', () => {
  test('is entered by a flight, open with the very network that hangs there, in an entry of the history', async () => {
    const { places, opened, contents, navigator, written, flagOf, enter } = await openWorld()
    await enter('bb')
    expect(places.kind).toBe('flag')
    expect(places.openFlag?.code).toBe('bb')
    expect(opened.file?.network).toBe(flagOf('bb').resident?.network)
    expect(contents.network).toBe(opened.file?.network)
    expect(navigator.view).toEqual(WHOLE)
    expect(written.at(-1)).toBe('push flag flags/bb.safetensors')
  })

  test('is entered where it fills the view, and left below six tenths of that, not before', async () => {
    const { places, opened, written, zoomTo } = await openWorld()
    places.showWallAt({ wall: 'cc', x: 0, y: 0, zoom: 0.9 })
    zoomTo(0.99)
    expect(places.kind).toBe('wall')
    zoomTo(1.01)
    expect([places.kind, opened.file?.url]).toEqual(['flag', 'flags/cc.safetensors'])
    zoomTo(0.61)
    expect(places.kind).toBe('flag')
    zoomTo(0.59)
    expect([places.kind, opened.file]).toEqual(['wall', null])
    expect(written.slice(-2)).toEqual(['replace flag flags/cc.safetensors', 'push wall null'])
    expect(places.wallView?.wall).toBe('cc')
  })

  test('is not left where so small a view was asked for, nor while it is trained', async () => {
    const { places, opened, navigator, frame, enter, zoomTo } = await openWorld()
    await enter('aa')
    navigator.setView({ ...WHOLE, zoom: 0.3 })
    frame()
    expect(places.kind).toBe('flag')
    opened.beginTraining()
    zoomTo(0.2)
    expect(places.kind).toBe('flag')
    opened.endTraining()
    zoomTo(0.21)
    expect(places.kind).toBe('wall')
  })

  test('is left by Escape for the whole wall', async () => {
    const { places, navigator, wall, written, enter, frame } = await openWorld()
    await enter('dd')
    places.back()
    await until(() => sameCamera(navigator.camera, wall.home))
    frame()
    expect(places.kind).toBe('wall')
    expect(wall.selected?.code).toBe('dd')
    expect(written.findLast(entry => entry.startsWith('push'))).toBe('push wall null')
  })

  test('that hangs on no wall is left by Escape alone', async () => {
    const { places, contents, zoomTo } = await openWorld()
    const file = openParsed(parseFile({ name: 'mine', url: null, key: 'mine', bytes: oracleFile('usa') }))
    await contents.open(file.network, FRAME)
    places.showFile(file, false)
    expect([places.kind, places.openFlag]).toEqual(['flag', null])
    zoomTo(0.1)
    expect(places.kind).toBe('flag')
    places.back()
    expect(places.kind).toBe('wall')
  })

  test('asked for on the way to another one is the one that is open in the end', async () => {
    const { places, navigator, during, flagOf } = await openWorld()
    navigator.isInstant = false
    await during(Promise.all(['aa', 'dd', 'cc'].map(code => places.enterFlag(flagOf(code)))))
    expect(places.openFlag?.code).toBe('cc')
  })

  test('is shown whole by home, and keeps its view in another viewport', async () => {
    const { places, navigator, enter, resize } = await openWorld()
    await enter('bb')
    navigator.setView({ x: 0.3, y: 0.1, zoom: 40 })
    resize({ width: 200, height: 900 })
    expect(navigator.view).toEqual({ x: 0.3, y: 0.1, zoom: 40 })
    places.home()
    expect(navigator.view).toEqual(WHOLE)
  })
})

/** Four pictures of the open network side by side, far from the wall. */
function hung({ contents, navigator }: World, y: number) {
  const network = contents.ownNetwork!
  const folded = foldNetwork(network)
  const spots = [0, 1, 2, 3].map((i): Spot => {
    const rect = { x: 2 * i, y, width: 1.5, height: 1 }
    return { name: `${i}`, rect, state: 'ready', problem: null, resident: { network, folded, frame: FRAME, rect } }
  })
  return {
    spots,
    revision: 0,
    selected: spots[1],
    get home() {
      return cameraOnto({ x: -0.5, y: y - 0.5, width: 8.5, height: 2 }, navigator.viewport)
    },
    get nearest() {
      return nearestTo(spots, navigator.camera)
    },
    cameraOf: ({ rect }: Spot) => cameraOnto(rect, navigator.viewport),
    anchorOf: ({ rect }: Spot) => ({ rect, frame: FRAME }),
    describe: ({ name }: Spot) => name,
    arrange: () => {},
    keepInSight: () => () => navigator.camera,
  }
}

describe('the strip of a film', () => {
  async function openStrip() {
    const world = await openWorld()
    await world.enter('bb')
    const { places } = world
    const base = hung(world, 5000)
    const calls: string[] = []
    const strip: StripPlace = Object.assign(Object.create(base) as typeof base, {
      residents: base.spots.map(({ resident }) => resident!),
      enter: (spot: Spot) => calls.push(`enter ${spot.name}`),
      reopen: () => {
        calls.push('reopen')
        places.showStrip(strip, false)
      },
      back: () => calls.push('leave'),
    })
    places.showStrip(strip, false)
    await until(() => world.contents.item?.rect.y === 5000)
    return { ...world, strip, calls }
  }

  test('is seen whole, while its file stays open; a moment that fills the view is entered', async () => {
    const { places, opened, contents, navigator, strip, calls, frame } = await openStrip()
    expect([places.kind, contents.isWorld, opened.file?.url]).toEqual(['strip', true, 'flags/bb.safetensors'])
    expect(navigator.camera).toEqual(strip.home)
    navigator.move(strip.cameraOf(strip.spots[2]))
    frame()
    expect(calls).toEqual(['enter 2'])
  })

  test('is where Escape, and zooming out, lead from a moment; from the strip Escape leads to the flag', async () => {
    const { places, strip, calls, zoomTo } = await openStrip()
    for (const leave of [() => places.back(), () => zoomTo(0.5)]) {
      expect(await places.enterFromStrip(strip.spots[2], FRAME, true)).toBe(true)
      expect(places.kind).toBe('flag')
      leave()
      expect(places.kind).toBe('strip')
    }
    expect(calls).toEqual(['reopen', 'reopen'])
    places.back()
    expect(calls.at(-1)).toBe('leave')
  })

  test('once it is gone Escape leads from the flag to the wall', async () => {
    const { places, opened, strip, calls } = await openStrip()
    await places.enterFromStrip(strip.spots[3], FRAME, true)
    places.forgetStrip()
    places.back()
    expect([places.kind, opened.file, calls]).toEqual(['wall', null, []])
  })

  test('an entry into it is given up when something else was asked for meanwhile', async () => {
    const { places, opened, strip } = await openStrip()
    const entry = places.enterFromStrip(strip.spots[0], FRAME, true)
    places.close()
    expect(await entry).toBe(false)
    expect([places.kind, opened.file]).toEqual(['wall', null])
  })
})

describe('the units of a flag', () => {
  async function openUnits() {
    const world = await openWorld()
    await world.enter('cc')
    world.navigator.setView({ x: 0.2, y: -0.1, zoom: 3 })
    const base = hung(world, 9000)
    const calls: string[] = []
    const units: UnitsPlace = Object.assign(Object.create(base) as typeof base, {
      facets: base.spots.map(({ rect }) => ({ rect, tap: null, tone: null })),
      whole: base.spots[0],
      back: () => calls.push('back'),
    })
    world.places.showUnits(units, false)
    return { ...world, units, calls }
  }

  test('are seen all at once, in an entry of the history; Escape is their business', async () => {
    const { places, contents, navigator, units, calls, written } = await openUnits()
    expect([places.kind, places.isFlagSeen, contents.isWorld]).toEqual(['units', true, true])
    expect(navigator.camera).toEqual(units.home)
    expect(written.at(-1)).toBe('push units flags/cc.safetensors')
    places.back()
    expect(calls).toEqual(['back'])
  })

  test('are left for the view of the flag that there was, by whatever way', async () => {
    const { places, contents, navigator, during } = await openUnits()
    await during(places.leaveUnits())
    expect([places.kind, contents.facets]).toEqual(['flag', null])
    expect(navigator.view).toEqual({ x: 0.2, y: -0.1, zoom: 3 })
  })

  test('are no more once the wall is shown', async () => {
    const { places, contents, opened } = await openUnits()
    places.close()
    expect([places.kind, contents.facets, opened.file]).toEqual(['wall', null, null])
  })

  test('are seen of a flag alone', async () => {
    const { places, units } = await openUnits()
    places.close()
    places.showUnits(units, false)
    expect(places.kind).toBe('wall')
  })
})

test('what is to be shown of the wall before the page has a size is shown when it has', async () => {
  const { places, resize } = await openWorld({ width: 0, height: 0 })
  expect(places.showWallAt({ wall: 'bb', x: 0.25, y: -0.5, zoom: 0.5 })).toBe(true)
  resize(VIEWPORT)
  expect(places.wallView).toEqual({ wall: 'bb', x: 0.25, y: -0.5, zoom: 0.5 })
})
