// The solver on nets of the wall: trained here by the recipe `sharp` on pixels drawn by importance, whose batch norms remember
// the picture all the same (src/train/remember.ts). What their metadata says is not looked at.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import { solve } from '../../src/solve/solve.js'
import { parseManifest } from '../../src/train/gallery/manifest.js'
import { loadCatalogue, mistakesOf, networkOf } from './mysteries.js'
import { isFull } from '../is-full.js'

const FLAGS = join(process.cwd(), 'public/flags')

const sharp = parseManifest(readFileSync(join(FLAGS, 'flags.json'), 'utf8')).filter(({ recipe }) => recipe === 'sharp')
/** Spread over the alphabet: ten in the full run, two in the sample. */
const chosen = Array.from(
  { length: isFull ? 10 : 2 },
  (_, i) => sharp[Math.floor(((i + 0.5) * sharp.length) / (isFull ? 10 : 2))],
)
const catalogue = loadCatalogue()

test.each(chosen)('$name’s net of the wall is named, and its frame is right', ({ code, file, width, height, psnr }) => {
  const path = join(FLAGS, file)
  const frame = { ...DEFAULT_FRAME, aspect: width / height }
  const mystery = { name: code, path, flag: code, convention: 'wall', frame, kind: 'flag', psnr } as const
  const solution = solve(networkOf(mystery), catalogue)
  expect(mistakesOf(solution, mystery, catalogue), JSON.stringify(solution.candidates[0])).toEqual([])
})
