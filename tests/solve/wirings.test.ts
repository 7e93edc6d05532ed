// What stands between the layers of a file that does not say it, ranked by the looks of what each answer draws: the right one is among
// the first that a person sees.

import { expect, test } from 'vitest'
import { StateDict } from '../../src/model/state-dict.js'
import { parseWiringText, wiringLabel } from '../../src/model/wiring.js'
import { rankWirings } from '../../src/solve/wirings.js'
import { FAMILIES, FAMILY_NAMES, familyBytes } from '../model/family-files.js'
import { floatTensor } from '../model/network-files.js'

/** Answers that the page shows. */
const SHOWN = 8

test.each(FAMILY_NAMES)('of %s', name => {
  const labels = rankWirings(StateDict.parse(familyBytes(name))).map(({ wiring }) =>
    wiringLabel({ ...wiring, join: null }),
  )
  const right = wiringLabel({ ...parseWiringText(FAMILIES[name]), join: null })
  const place = labels.indexOf(right)
  expect(place, `${right} in ${labels.slice(0, 10).join(' | ')}`).toBeGreaterThanOrEqual(0)
  expect(place, `${right} in ${labels.slice(0, 10).join(' | ')}`).toBeLessThan(SHOWN)
})

test('is what batch norms remember, where there are any', () => {
  const readings = rankWirings(StateDict.parse(familyBytes('norm-before-relu')))
  expect([wiringLabel(readings[0].wiring), readings[0].isRemembered]).toEqual(['relu', true])
  const remembered = readings.filter(({ isRemembered }) => isRemembered).map(({ wiring }) => wiringLabel(wiring))
  expect(remembered).toContain('relu')
  expect(remembered).not.toContain('gelu')
})

test('is not asked of what no answer fits', () => {
  const tensors = [floatTensor('0.weight', [3, 7], new Float64Array(21))]
  expect(rankWirings(StateDict.create(tensors))).toEqual([])
})
