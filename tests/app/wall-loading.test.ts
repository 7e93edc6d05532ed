// The wall as it loads, without a browser: whoever's file came first is drawn first, wherever it hangs.

import { afterEach, expect, test, vi } from 'vitest'
import { Wall } from '../../src/app/wall/wall.js'
import type { Resident } from '../../src/draw/residents.js'
import type { Viewer } from '../../src/draw/viewer.js'
import { oracleFile } from '../browser/pages.js'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const CODES = ['aa', 'bb', 'cc', 'dd'] as const

test('flags are handed over to be drawn in the order in which they came, not in that in which they hang', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const flags = CODES.map(code => ({ code, name: code, file: `${code}.safetensors`, width: 3, height: 2 }))
  /** What the server has been asked for and not yet answered. */
  const asked = new Map<string, (response: Response) => void>()
  vi.stubGlobal('window', globalThis)
  vi.stubGlobal('document', { baseURI: 'http://localhost/' })
  vi.stubGlobal('fetch', (url: URL) => {
    const file = url.pathname.split('/').at(-1) as string
    if (file === 'flags.json') return Promise.resolve(new Response(JSON.stringify({ flags })))
    return new Promise<Response>(resolve => asked.set(file.slice(0, 2), resolve))
  })
  let handed: readonly Resident[] = []
  const contents = { isExpecting: false, setResidents: (residents: readonly Resident[]) => (handed = residents) }
  const size = { viewport: { width: 600, height: 400 }, camera: { x: 0, y: 0, scale: 1 }, pixelRatio: 1 }
  const viewer = { ...size, contents } as unknown as Viewer
  const wall = new Wall(viewer, {
    isSeen: () => true,
    isEdited: () => false,
    onChange: () => {},
    rehang: arrange => arrange(),
    back: () => {},
  })
  await wall.start()
  wall.load()
  expect([...asked.keys()].toSorted()).toEqual([...CODES])

  const order = ['cc', 'aa', 'dd', 'bb']
  for (const code of order) {
    asked.get(code)?.(new Response(oracleFile('japan') as Uint8Array<ArrayBuffer>))
    await vi.waitFor(() => expect(wall.flagOf(code)?.state).toBe('ready'))
  }
  await vi.runAllTimersAsync()
  expect(handed.map(resident => wall.flagBy(resident)?.code)).toEqual(order)
  expect(wall.flags.map(({ code }) => code)).toEqual(CODES)
  expect(contents.isExpecting).toBe(false)
})
