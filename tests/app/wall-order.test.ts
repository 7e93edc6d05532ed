// The orders of the wall, its search, and the hue a flag is sorted by.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { mainHue } from '../../src/app/wall/hue.js'
import { found, sorted } from '../../src/app/wall/order.js'
import { foldNetwork } from '../../src/model/fold.js'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import { createNetwork } from '../../src/model/network.js'
import { StateDict } from '../../src/model/state-dict.js'
import { oracleFile } from '../browser/pages.js'

const flag = (name: string, code = name.slice(0, 2).toLowerCase(), more: object = {}) => ({
  name,
  code,
  listed: more,
  hue: null as number | null,
})
const names = (flags: readonly { readonly name: string }[]) => flags.map(({ name }) => name)

describe('the wall is sorted', () => {
  const flags = [
    { ...flag('Zulu', 'zu', { psnr: 30, bytes: 17_000, rounds: 3 }), hue: 0.6 },
    { ...flag('Åland', 'ax', { psnr: 50, bytes: 30_000, rounds: 1 }), hue: 0.1 },
    { ...flag('Beta', 'be', { psnr: 25, bytes: 17_000, rounds: 3 }), hue: null },
    { ...flag('Alpha', 'al', {}), hue: 0.1 },
  ]

  test('by name, as a person sorts: Å beside A', () => {
    expect(names(sorted(flags, 'name'))).toEqual(['Åland', 'Alpha', 'Beta', 'Zulu'])
  })

  test('by hue, greys last, equals by name', () => {
    expect(names(sorted(flags, 'hue'))).toEqual(['Åland', 'Alpha', 'Zulu', 'Beta'])
  })

  test('by difficulty: most rounds, then least reached; the unknown last', () => {
    expect(names(sorted(flags, 'difficulty'))).toEqual(['Beta', 'Zulu', 'Åland', 'Alpha'])
  })

  test('by bytes and by PSNR, the largest first', () => {
    expect(names(sorted(flags, 'bytes'))).toEqual(['Åland', 'Beta', 'Zulu', 'Alpha'])
    expect(names(sorted(flags, 'psnr'))).toEqual(['Åland', 'Zulu', 'Beta', 'Alpha'])
  })
})

describe('the search finds', () => {
  const flags = [
    flag('Côte d’Ivoire', 'ci'),
    flag('Guinea', 'gn'),
    flag('Papua New Guinea', 'pg'),
    flag('Guinea-Bissau', 'gw'),
    flag('India', 'in'),
    flag('Curaçao', 'cw'),
    flag('United States', 'us'),
  ]

  test.each([
    ['guinea', ['Guinea', 'Guinea-Bissau', 'Papua New Guinea']],
    ['cote d', ['Côte d’Ivoire']],
    ['CURACAO', ['Curaçao']],
    ['us', ['United States']],
    ['in', ['India', 'Guinea', 'Guinea-Bissau', 'Papua New Guinea']],
    ['states', ['United States']],
    ['  ', []],
    ['atlantis', []],
    ['.*', []],
  ])('%s', (query, expected) => {
    expect(names(found(flags, query).map(({ flag }) => flag))).toEqual(expected)
  })
})

describe('by what people call it the search finds', () => {
  const list: { code: string; name: string }[] = JSON.parse(readFileSync('public/flags/flags.json', 'utf8')).flags
  const shipped: Record<string, string[]> = JSON.parse(readFileSync('public/flags/names.json', 'utf8'))
  const byCode = new Map(Object.entries(shipped).map(([code, all]) => [code.toLowerCase(), all]))

  test.each([
    ['usa', 'United States'],
    ['uk', 'United Kingdom'],
    ['great britain', 'United Kingdom'],
    ['holland', 'Netherlands'],
    ['turkiye', 'Türkiye'],
    ['turkey', 'Türkiye'],
    ['swaziland', 'Eswatini'],
    ['eswatini', 'Eswatini'],
    ['north macedonia', 'North Macedonia'],
    ['burma', 'Myanmar'],
    ['cote divoire', 'Ivory Coast'],
    ['deutschland', 'Germany'],
    ['mys', 'Malaysia'],
    ['GER', 'Germany'],
    ['czech republic', 'Czechia'],
  ])('%s', (query, name) => {
    expect(found(list, query, byCode)[0]?.flag.name).toBe(name)
  })

  test.each([
    ['malasia', 'Malaysia'],
    ['swizerland', 'Switzerland'],
    ['nehterlands', 'Netherlands'],
  ])('%s, which nothing is called, as a guess', (query, name) => {
    const [first] = found(list, query, byCode)
    expect([first?.flag.name, first?.isGuess]).toEqual([name, true])
  })

  test('a flag that has only the code in common by its own name alone', () => {
    expect(found([{ code: 'de', name: 'Delta' }], 'germany', byCode)).toEqual([])
  })
})

test('the main hue of a red, white and yellow flag is red, of a blue and red one what covers more', () => {
  const hueOf = (name: string) =>
    mainHue(foldNetwork(createNetwork(StateDict.parse(oracleFile(name)))), { ...DEFAULT_FRAME })
  // Red lies around 0.5 / 12, where the first bin is centred.
  const near = (hue: number | null, wanted: number) => Math.abs((((hue ?? 9) - wanted + 1.5) % 1) - 0.5)
  expect(near(hueOf('japan'), 0.5 / 12 - 0.02)).toBeLessThan(0.06)
  expect(near(hueOf('usa'), 0.5 / 12 - 0.02)).toBeLessThan(0.06)
})
