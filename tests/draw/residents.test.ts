// Residents that share the weights of one source: the renderer holds them once, whoever comes and goes. The renderer is a
// list of what it was asked for.

import { expect, test } from 'vitest'
import type { Renderer } from '../../src/draw/renderer.js'
import { type Resident, Residents, type WeightSource } from '../../src/draw/residents.js'
import { UnsupportedError } from '../../src/model/errors.js'
import { evaluationCost, foldNetwork } from '../../src/model/fold.js'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import { listTaps } from '../../src/model/tap.js'
import { oracleNetwork } from '../model/network-files.js'

const network = oracleNetwork('japan')
const folded = foldNetwork(network)
const sourceWith = (): WeightSource => ({ network, folded })

function unitsOf(source: WeightSource): Resident[] {
  return listTaps(network.architecture).map((tap, i) => ({
    ...source,
    source,
    tap,
    tone: { offset: 0, scale: 1 },
    frame: DEFAULT_FRAME,
    rect: { x: i, y: 0, width: 1, height: 1 },
  }))
}

/** Residents on a renderer that keeps a list of calls. */
function housed({ isRefusing = false } = {}) {
  const calls: string[] = []
  const news = { changes: 0, removed: [] as number[], refused: [] as Resident[] }
  const residents = new Residents({
    onChange: () => news.changes++,
    onRemove: handle => news.removed.push(handle),
    onRefused: resident => news.refused.push(resident),
  })
  let next = 1
  const renderer = {
    addNetwork: async () => {
      calls.push('add')
      await Promise.resolve()
      return next++
    },
    prepareTaps: async (handle: number) => {
      calls.push(`taps ${handle}`)
      if (isRefusing) throw new UnsupportedError('no')
    },
    updateNetwork: (handle: number) => calls.push(`update ${handle}`),
    removeNetwork: (handle: number) => calls.push(`remove ${handle}`),
  } as unknown as Renderer
  return { residents, renderer, calls, news }
}

const arrived = (residents: Residents) => expect.poll(() => residents.isPending).toBe(false)

test('227 units of one source are one network, with an item each', async () => {
  const { residents, renderer, calls } = housed()
  const units = unitsOf(sourceWith())
  residents.attach(renderer)
  residents.set(units)
  expect(residents.isPending).toBe(true)
  await arrived(residents)
  expect(calls).toEqual(['add', 'taps 1'])
  expect(residents.items.length).toBe(227)
  expect(new Set(residents.items.map(({ network }) => network))).toEqual(new Set([1]))
  expect(residents.items.map(({ tap }) => tap)).toEqual(units.map(({ tap }) => tap))
  expect(residents.items.map(({ cost }) => cost)).toEqual(units.map(({ tap }) => evaluationCost(folded, tap)))
  expect(residents.residentOf(residents.items[100])).toBe(units[100])
})

test('other weights are one upload and 227 new items in one change', async () => {
  const { residents, renderer, calls, news } = housed()
  const source = sourceWith()
  const units = unitsOf(source)
  residents.attach(renderer)
  residents.set([...units, { ...sourceWith(), frame: DEFAULT_FRAME, rect: { x: -9, y: 0, width: 1, height: 1 } }])
  await arrived(residents)
  const before = residents.items
  const changes = news.changes
  calls.length = 0
  residents.update(source, foldNetwork(network))
  expect(calls).toEqual(['update 1'])
  expect(news.changes).toBe(changes + 1)
  const isNew = residents.items.map((item, i) => item !== before[i])
  expect(isNew.slice(0, 227).every(Boolean)).toBe(true)
  expect(isNew[227], 'another network is not touched').toBe(false)
})

test('other tones and taps are new items and nothing else; what stays as it is keeps its item', async () => {
  const { residents, renderer, calls, news } = housed()
  const units = unitsOf(sourceWith())
  residents.attach(renderer)
  residents.set(units)
  await arrived(residents)
  const before = residents.items
  const changes = news.changes
  calls.length = 0
  for (const unit of units.slice(0, 16)) unit.tone = { offset: 1, scale: 2 }
  for (const unit of units.slice(16, 48)) if (unit.tap) unit.tap = { ...unit.tap, stage: 'pre' }
  for (const unit of units.slice(48)) unit.tone = { offset: 0, scale: 1 }
  residents.set(units)
  expect(calls).toEqual([])
  expect(news.changes).toBe(changes + 1)
  expect(residents.items.map((item, i) => item === before[i])).toEqual(units.map((_, i) => i >= 48))
  expect(residents.items[3].tone).toEqual({ offset: 1, scale: 2 })
  expect(residents.items[20].tap?.stage).toBe('pre')
})

test('a network stays as long as anyone shows it, also as its units only, and goes with the last', async () => {
  const { residents, renderer, calls, news } = housed()
  const flag: Resident = { ...sourceWith(), frame: DEFAULT_FRAME, rect: { x: 0, y: 0, width: 1, height: 1 } }
  residents.attach(renderer)
  residents.set([flag])
  await arrived(residents)
  expect(calls).toEqual(['add'])
  // The flag itself is the source.
  const units = unitsOf(flag).map(unit => ({ ...unit, source: flag }))
  residents.set(units)
  expect(residents.items, 'until units can be drawn').toEqual([])
  await arrived(residents)
  expect(calls).toEqual(['add', 'taps 1'])
  expect(residents.items.length).toBe(227)
  residents.set(units.slice(0, 5))
  residents.set([flag])
  expect(residents.items.length).toBe(1)
  expect(calls.length).toBe(2)
  residents.set([])
  expect(calls.at(-1)).toBe('remove 1')
  expect(news.removed).toEqual([1])
})

test('where units cannot be drawn all of them are refused, and nothing is left behind', async () => {
  const { residents, renderer, calls, news } = housed({ isRefusing: true })
  const units = unitsOf(sourceWith())
  residents.attach(renderer)
  residents.set(units)
  await arrived(residents)
  expect(news.refused).toEqual(units)
  expect(calls).toEqual(['add', 'taps 1', 'remove 1'])
  expect(residents.items).toEqual([])
})

test('weights that change while the network is on its way are the ones that are drawn', async () => {
  const { residents, renderer, calls } = housed()
  const source = sourceWith()
  residents.attach(renderer)
  residents.set(unitsOf(source))
  source.folded = foldNetwork(network)
  residents.update(source, source.folded)
  await arrived(residents)
  expect(calls).toEqual(['add', 'taps 1', 'update 1'])
})
