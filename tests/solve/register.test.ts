import { expect, test } from 'vitest'
import { psnrOf } from '../../src/solve/match.js'
import { meanSquareOver, register } from '../../src/solve/register.js'
import { ORIENTATIONS } from '../../src/solve/square.js'
import { loadCatalogue, MYSTERIES, networkOf } from './mysteries.js'

const catalogue = loadCatalogue()
const malaysia = networkOf(MYSTERIES.find(({ name }) => name === 'malaysia') as (typeof MYSTERIES)[number])

function flag(code: string) {
  const picture = catalogue.pictures.find(known => known.code === code)
  if (!picture) throw new Error(code)
  const upright = ORIENTATIONS.find(o => o.order === 'xy' && !o.isMirrored && !o.isUpsideDown && o.channels === 'rgb')
  return { picture, output: 'rgb01' as const, orientation: upright ?? ORIENTATIONS[0], meanSquare: 0 }
}

test.each([[[-1.03, 1.02, -0.98, 1.03]], [[-0.97, 0.98, -1.02, 0.97]]] as const)(
  'a box that is percents off, %j, is moved to where the flag lies',
  rough => {
    const { box, meanSquare } = register(malaysia, [...rough], flag('my'), catalogue.size, 0.02)
    const truth = [-1, 1, -1, 1]
    for (let end = 0; end < 4; end++) expect(Math.abs(box[end] - truth[end]) / 2).toBeLessThan(0.008)
    const before = meanSquareOver(malaysia, [...rough], flag('my'), catalogue.size)
    expect(psnrOf({ meanSquare })).toBeGreaterThan(psnrOf({ meanSquare: before }) + 3)
  },
)

test('where nothing fits, the statistics hold the box', () => {
  const { box } = register(malaysia, [-1, 1, -1, 1], flag('jp'), catalogue.size, 0.005)
  for (const [end, at] of [-1, 1, -1, 1].entries()) expect(Math.abs(box[end] - at) / 2).toBeLessThan(0.05)
})
