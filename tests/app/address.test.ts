// The address: parts that register themselves, spelled and read back, without a browser.

import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Address, formatHash, parseHash } from '../../src/app/address.js'
import { PAGE_PARTS, type PageState } from '../../src/app/page-state.js'
import { DEFAULT_FRAME } from '../../src/model/frame.js'

const PARTS = Object.values(PAGE_PARTS)
const DEFAULTS = parseHash(PARTS, '').state as unknown as PageState
const hashOf = (state: Partial<PageState>) => formatHash(PARTS, { ...DEFAULTS, ...state })

test('the default needs no hash, and none is the default', () => {
  expect(formatHash(PARTS, parseHash(PARTS, '').state)).toBe('')
  expect(parseHash(PARTS, '')).toEqual({ state: DEFAULTS, problems: [] })
  expect(DEFAULTS).toMatchObject({ file: null, sort: 'name', zoom: 1, outline: true, strip: false })
})

test('a hash is readable, its parts in their order', () => {
  const hash = hashOf({
    file: 'flags/my.safetensors',
    x: 0.1,
    zoom: 40,
    outline: false,
    film: 0.5,
    strip: true,
    edits: '@gj:1.5,@nr:0.5',
    neurons: { stage: 'post', centre: 'zero' },
  })
  expect(hash).toBe(
    '#file=flags/my.safetensors&x=0.1&zoom=40&outline=0&film=0.5&strip=1&edits=@gj:1.5,@nr:0.5&neurons=post,zero',
  )
})

test('whatever the state, its hash leads to it again, with nothing to complain of', () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => (Object.is(value, -0) ? 0 : value))
  const state = fc.record<Partial<PageState>>({
    file: fc.option(fc.string({ minLength: 1, unit: 'binary' })),
    wall: fc.option(fc.string({ minLength: 1 })),
    sort: fc.constantFrom('name', 'hue', 'psnr'),
    x: fc.option(number),
    y: fc.option(number),
    zoom: fc.double({ min: 1e-9, max: 1e12, noNaN: true }),
    samples: fc.constantFrom(null, 1, 4, 16),
    outline: fc.boolean(),
    frame: fc.constantFrom(null, { ...DEFAULT_FRAME, x: [0, 1] as const, output: 'logit' as const }),
    film: fc.option(fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs)),
    strip: fc.boolean(),
    edits: fc.option(fc.string({ minLength: 1 })),
    neurons: fc.constantFrom(null, { stage: 'pre' as const, centre: 'mean' as const }),
    compare: fc.constantFrom(null, { other: 'jp', position: 50 }, { other: '@original', position: 7 }),
  })
  fc.assert(
    fc.property(state, some => {
      const whole = { ...DEFAULTS, ...some }
      expect(parseHash(PARTS, formatHash(PARTS, whole))).toEqual({ state: whole, problems: [] })
    }),
    { numRuns: 300, seed: 1 },
  )
})

test('what is not understood is told, a line each, and all else is taken', () => {
  const { state, problems } = parseHash(
    PARTS,
    '#wall=jp&sort=foo&zoom=-3&film=7&neurons=post,x&y=abc&outline=0&unknown=1',
  )
  expect(state).toMatchObject({ wall: 'jp', sort: 'name', zoom: 1, film: null, neurons: null, y: null, outline: false })
  expect(problems.map(line => line.replace(/:[^:]*$/, ''))).toEqual([
    'link: sort',
    'link: y',
    'link: zoom',
    'link: film',
    'link: neurons',
  ])
})

test('a part of one’s own is registered and no more: the others do not know of it', () => {
  const own = { key: 'night', default: false, format: () => '1', parse: (text: string) => text === '1' }
  const parts = [...PARTS, own]
  const hash = formatHash(parts, { ...DEFAULTS, zoom: 2, night: true })
  expect(hash).toBe('#zoom=2&night=1')
  expect(parseHash(parts, hash).state).toEqual({ ...DEFAULTS, zoom: 2, night: true })
})

describe('an address that somebody changes by hand', () => {
  // The parts of a browser that an address touches: a hash that is assigned tells of it a task later.
  const browser = () => {
    const events = new EventTarget()
    const location = { hash: '', pathname: '/', search: '' }
    const calls: string[] = []
    const to = (how: string) => (_: unknown, __: string, url: string) => {
      calls.push(`${how} ${url}`)
      location.hash = url.startsWith('#') ? url : ''
    }
    vi.useFakeTimers()
    vi.stubGlobal('location', location)
    vi.stubGlobal('history', { pushState: to('push'), replaceState: to('replace') })
    vi.stubGlobal(
      'window',
      Object.assign(events, { setTimeout: (then: () => void, ms: number) => setTimeout(then, ms) }),
    )
    const type = (hash: string) => {
      location.hash = hash
      setTimeout(() => events.dispatchEvent(new Event('hashchange')))
    }
    return { calls, location, type }
  }
  const spelling = { key: 'zoom', default: 1, format: String, parse: Number }

  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  test('is followed, even where the state was to be written in the same moment', () => {
    const { calls, location, type } = browser()
    let zoom = 1
    const followed: string[] = []
    const address = new Address(
      () => false,
      hash => {
        followed.push(hash)
        zoom = address.read(hash).state.zoom as number
      },
    )
    address.register(spelling, () => zoom)
    address.read('')
    zoom = 2
    address.write('push')
    zoom = 3
    address.schedule()
    vi.advanceTimersByTime(300)
    expect(calls).toEqual(['push #zoom=2', 'replace #zoom=3'])

    zoom = 4
    address.schedule()
    vi.advanceTimersByTime(299)
    type('#zoom=9')
    address.write('replace')
    expect(location.hash).toBe('#zoom=9')
    vi.advanceTimersByTime(1000)
    expect([followed, zoom, location.hash]).toEqual([['#zoom=9'], 9, '#zoom=9'])
    address.dispose()
  })
})
