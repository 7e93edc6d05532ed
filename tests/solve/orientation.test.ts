import { expect, test } from 'vitest'
import { foldNetwork } from '../../src/model/fold.js'
import { evaluateFolded } from '../../src/model/reference.js'
import { sampleOffsets } from '../../src/model/samples.js'
import { applyTone, toneOf } from '../../src/model/tone.js'
import { isSamePicture, type Match } from '../../src/solve/match.js'
import { createSquareDrawer, displayedSquare, frameOf, ORIENTATIONS, orient } from '../../src/solve/square.js'
import { MYSTERIES, networkOf } from './mysteries.js'

const malaysia = networkOf(MYSTERIES.find(({ name }) => name === 'malaysia') as (typeof MYSTERIES)[number])
const BOX = [-0.9, 1, -1, 0.7] as const

test.each(ORIENTATIONS)('what is matched in orientation %o is what its frame draws', orientation => {
  const size = 12
  const seen = orient(displayedSquare(createSquareDrawer(malaysia, size, 4)(BOX), 'rgb01'), orientation)
  const frame = frameOf(BOX, orientation, 'rgb01', null)
  const { order, isMirrored, isUpsideDown } = orientation
  // The samples' places in the picture: those in the net's axes, turned as the picture is.
  const places = Array.from({ length: 4 }, (_, s): [number, number] => {
    const [first, second] = sampleOffsets(4).slice(2 * s, 2 * s + 2)
    const [x, y] = order === 'xy' ? [first, second] : [second, first]
    return [isMirrored ? -x : x, isUpsideDown ? -y : y]
  })
  const inputs: number[] = []
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++)
      for (const [dx, dy] of places) {
        const x = frame.x[0] + ((column + 0.5 + dx) / size) * (frame.x[1] - frame.x[0])
        const y = frame.y[0] + ((row + 0.5 + dy) / size) * (frame.y[1] - frame.y[0])
        inputs.push(...(order === 'xy' ? [x, y] : [y, x]))
      }
  const drawn = evaluateFolded(new Float64Array(size * size * 4 * 3), foldNetwork(malaysia), Float64Array.from(inputs))
  const shown = applyTone(drawn, toneOf(frame))
  for (let i = 0; i < seen.length; i++) {
    const [pixel, channel] = [Math.floor(i / 3), i % 3]
    const mean = places.reduce((sum, _, s) => sum + shown[3 * (4 * pixel + s) + channel] / 4, 0)
    expect(seen[i] / 255).toBeCloseTo(mean, 3)
  }
})

test('two orientations of a flag are one picture where the flag is its own mirror image, and only there', () => {
  const size = 6
  const stripes = Uint8Array.from({ length: size * size * 3 }, (_, i) => (i % (size * 3) < 9 ? 200 : 10))
  const picture = { code: 'aa', name: 'A', aspect: 1.5, pixels: stripes }
  const match = (index: number): Match => ({
    picture,
    output: 'rgb01',
    orientation: ORIENTATIONS[index],
    meanSquare: 0,
  })
  const same = ORIENTATIONS.flatMap((orientation, i) =>
    isSamePicture(match(0), match(i))
      ? [`${orientation.order} ${orientation.isMirrored} ${orientation.isUpsideDown} ${orientation.channels}`]
      : [],
  )
  expect(same).toEqual(['xy false false rgb', 'xy false true rgb', 'xy false false bgr', 'xy false true bgr'])
})
