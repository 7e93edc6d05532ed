import { expect, test } from 'vitest'
import { foldNetwork } from '../../src/model/fold.js'
import { evaluateFolded } from '../../src/model/reference.js'
import { applyTone, toneOf } from '../../src/model/tone.js'
import { inputsOfPixels, samplingOf, wholeFrame } from '../../src/model/view.js'
import { isSamePicture, type Match } from '../../src/solve/match.js'
import { displayedSquare, frameOf, ORIENTATIONS, orient, rawSquare } from '../../src/solve/square.js'
import { MYSTERIES, networkOf } from './mysteries.js'

const malaysia = networkOf(MYSTERIES.find(({ name }) => name === 'malaysia') as (typeof MYSTERIES)[number])
const BOX = [-0.9, 1, -1, 0.7] as const

test.each(ORIENTATIONS)('what is matched in orientation %o is what its frame draws', orientation => {
  const size = 12
  const seen = orient(displayedSquare(rawSquare(malaysia, BOX, size), 'rgb01'), orientation)
  const frame = frameOf(BOX, orientation, 'rgb01', null)
  // Two samples a pixel each way, as the square has them.
  const edge = 2 * size
  const whole = { x: 0, y: 0, width: edge, height: edge }
  const inputs = inputsOfPixels(
    new Float64Array(edge * edge * 2),
    samplingOf(frame, wholeFrame(frame), edge, edge),
    frame.order,
    whole,
    whole,
  )
  const drawn = evaluateFolded(new Float64Array(edge * edge * 3), foldNetwork(malaysia), inputs)
  const shown = applyTone(drawn, toneOf(frame))
  for (let i = 0; i < seen.length; i++) {
    const [row, column, channel] = [Math.floor(i / 3 / size), Math.floor(i / 3) % size, i % 3]
    const at = (dy: number, dx: number) => shown[3 * ((2 * row + dy) * edge + 2 * column + dx) + channel]
    expect(seen[i] / 255).toBeCloseTo((at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4, 3)
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
