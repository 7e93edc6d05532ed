// vexel collage: every flag's place shows what vexel render draws at that size, all else is background or a name, and what
// cannot be drawn is said in one line.

import { spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { type CaptionFont, loadCaptionFont } from '../../src/cli/collage/caption.js'
import { type Place, planCollage } from '../../src/cli/collage/collage-plan.js'
import { createEvaluator } from '../../src/kernel/evaluator.js'
import { LevelDrawer } from '../../src/kernel/levels.js'
import { regionOfRows } from '../../src/kernel/region.js'
import { foldNetwork } from '../../src/model/fold.js'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import { createNetwork } from '../../src/model/network.js'
import type { PictureSpec } from '../../src/model/picture.js'
import { StateDict } from '../../src/model/state-dict.js'
import { wholeFrame } from '../../src/model/view.js'
import { isFull } from '../is-full.js'
import {
  decodeLevels,
  oracleBytes,
  type OracleName,
  oraclePath,
  oracleTensors,
  randomTensors,
  withValue,
} from '../model/network-files.js'
import { isPeakKnown, runMeasured } from './peak-memory.js'
import { CLI, expectRefused as refused, runVexel } from './run-vexel.js'

const net = (name: OracleName) => fileURLToPath(oraclePath(`${name}.safetensors`))

const folder = mkdtempSync(join(tmpdir(), 'vexel-collage-'))
afterAll(() => rmSync(folder, { recursive: true }))

const vexel = (args: readonly string[]) => runVexel(args, { cwd: folder })
const expectRefused = (args: readonly string[], code: number, line: RegExp) =>
  refused(['collage', ...args, '-o', 'refused.png'], code, line, { cwd: folder })

function given(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

interface Picture {
  readonly width: number
  readonly height: number
  readonly levels: Uint8Array
}

/** What a command draws, at four samples a pixel unless it is told otherwise. */
async function drawn(args: readonly string[], stderr = ''): Promise<Picture> {
  const samples = args.includes('--samples') ? [] : ['--samples', '4']
  const outcome = await vexel([...args, ...samples, '-o', '-'])
  expect({ code: outcome.code, stderr: outcome.stderr }, args.join(' ')).toEqual({ code: 0, stderr })
  return decodeLevels(outcome.stdout)
}

/** The levels of a part of a picture. */
function cutOut({ width, levels }: Picture, rect: Omit<Place, 'captionWidth'>): Uint8Array {
  const out = new Uint8Array(rect.width * rect.height * 3)
  for (let row = 0; row < rect.height; row++) {
    const from = ((rect.y + row) * width + rect.x) * 3
    out.set(levels.subarray(from, from + rect.width * 3), row * rect.width * 3)
  }
  return out
}

/** What `vexel render` draws of a file at a size, at four samples a pixel: of one file the command itself is asked, below. */
function renderedLevels(bytes: Uint8Array, { width, height }: { width: number; height: number }): Uint8Array {
  const folded = foldNetwork(createNetwork(StateDict.parse(bytes)))
  const view = wholeFrame(DEFAULT_FRAME)
  const spec: PictureSpec = { folded, frame: DEFAULT_FRAME, view, width, height, samples: 4 }
  return new LevelDrawer(folded, createEvaluator(folded)).draw(regionOfRows(spec, 0, height))
}

/** Paints over a part of a picture. */
function paintOver({ width, levels }: Picture, rect: Omit<Place, 'captionWidth'>, level: number): void {
  for (let row = rect.y; row < rect.y + rect.height; row++)
    levels.fill(level, (row * width + rect.x) * 3, (row * width + rect.x + rect.width) * 3)
}

// Two that state no aspect, so that the manifest's counts; one of another architecture; one beyond float32.
mkdirSync(join(folder, 'flags', 'nets'), { recursive: true })
const SMALL = StateDict.create(randomTensors([4, 6], [2], 1)).serialize()
const HUGE = StateDict.create(
  randomTensors([4], [], 2).map(tensor => {
    if (tensor.name !== 'dense1.weight') return tensor
    const bytes = tensor.bytes.slice()
    new DataView(bytes.buffer).setFloat64(0, 1e50, true)
    return { ...tensor, bytes }
  }),
).serialize()
const WALL = [
  {
    code: 'my',
    name: 'Malaysia',
    file: 'nets/malaysia.safetensors',
    width: 320,
    height: 160,
    bytes: oracleBytes('malaysia'),
  },
  { code: 'np', name: 'Nepal', file: 'nets/nepal.safetensors', width: 320, height: 390, bytes: oracleBytes('nepal') },
  { code: 'ci', name: "Côte d'Ivoire", file: 'nets/small.safetensors', width: 3, height: 2, bytes: SMALL },
  { code: 'jp', name: '日本', file: 'nets/japan.safetensors', width: 320, height: 213, bytes: oracleBytes('japan') },
  { code: 'ax', name: 'Åland', file: 'nets/huge.safetensors', width: 26, height: 17, bytes: HUGE },
]
for (const { file, bytes } of WALL) given(`flags/${file}`, bytes)
given('flags/flags.json', JSON.stringify({ flags: WALL.map(flag => ({ ...flag, bytes: flag.bytes.length })) }))
const aspects = WALL.map(({ width, height }) => width / height)

describe('the picture', () => {
  test.each([
    ['in rows', { width: 501, columns: null, gap: null, hasCaptions: false }, []],
    ['in rows without gaps', { width: 333, columns: null, gap: 0, hasCaptions: false }, ['--gap', '0']],
    [
      'in a grid, with names',
      { width: 400, columns: 2, gap: 9, hasCaptions: true },
      ['--gap', '9', '--columns', '2', '--labels'],
    ],
  ] as const)('%s has at every place what render draws, and background around', async (_, options, args) => {
    const plan = planCollage(aspects, options)
    const collage = await drawn(['collage', 'flags', '--width', `${options.width}`, '--background', '#fff', ...args])
    expect([collage.width, collage.height]).toEqual([options.width, plan.height])
    for (const [i, place] of plan.places.entries()) {
      expect(Buffer.compare(cutOut(collage, place), renderedLevels(WALL[i].bytes, place)), WALL[i].name).toBe(0)
      // Rounding to whole pixels moves an edge by half a pixel at most.
      const { width, height } = place
      expect(Math.abs(width - height * aspects[i])).toBeLessThanOrEqual(1 + aspects[i])
      paintOver(collage, place, 255)
      if (!options.hasCaptions) continue
      const width2 = Math.floor(place.captionWidth)
      const x = Math.round(place.x + (place.width - width2) / 2)
      const caption = { x, y: place.y + place.height, width: width2, height: plan.captionHeight }
      const inked = cutOut(collage, caption).filter(level => level < 200).length
      expect(inked, `the name ${WALL[i].name}`).toBeGreaterThan(20)
      paintOver(collage, caption, 255)
    }
    expect(collage.levels.every(level => level === 255)).toBe(true)
  })

  test('is the same whatever the number of threads', async () => {
    const args = ['collage', 'flags', '-o', '-', '--width', '500', '--labels', '--samples', '4']
    const outcomes = await Promise.all(['1', '3'].map(threads => vexel([...args, '--threads', threads])))
    for (const { code, stdout, stderr } of outcomes) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout.equals(outcomes[0].stdout)).toBe(true)
    }
  })

  test('of one flag without a gap is the picture that render draws', async () => {
    const file = net('malaysia')
    const size = ['--width', '300', '--aspect', '2', '--samples', '4']
    const [collage, alone] = await Promise.all([
      drawn(['collage', file, ...size, '--gap', '0']),
      drawn(['render', file, ...size]),
    ])
    expect(collage).toEqual(alone)
  })

  test('takes four samples a pixel where nobody asks for a number, and says so', async () => {
    const args = ['collage', net('malaysia'), '--aspect', '2', '--width', '90', '-o', '-']
    const [usual, four, one] = await Promise.all(
      [[], ['--samples', '4'], ['--samples', '1']].map(more => vexel([...args, ...more])),
    )
    expect(usual).toMatchObject({ code: 0, stderr: '4 samples a pixel (--samples for another number)\n' })
    expect(usual.stdout.equals(four.stdout)).toBe(true)
    expect(usual.stdout.equals(one.stdout)).toBe(false)
  })

  test('of a part of two nets is that part of each, side by side', async () => {
    const files = [net('malaysia'), net('usa')]
    const part = ['--aspect', '2', '--center', '-0.6,-0.3', '--zoom', '8']
    const collage = await drawn([
      'collage',
      ...files,
      ...part,
      '--columns',
      '2',
      '--gap',
      '10',
      '--background',
      'white',
      '--width',
      '230',
    ])
    expect([collage.width, collage.height]).toEqual([230, 70])
    const places = [10, 120].map(x => ({ x, y: 10, width: 100, height: 50 }))
    for (const [i, place] of places.entries()) {
      const alone = await drawn(['render', files[i], ...part, '--width', '100'])
      expect(Buffer.compare(cutOut(collage, place), alone.levels), files[i]).toBe(0)
      paintOver(collage, place, 255)
    }
    expect(collage.levels.every(level => level === 255)).toBe(true)
  })
})

describe('the plan', () => {
  const anyPlan = fc.record({
    width: fc.integer({ min: 1, max: 3000 }),
    columns: fc.option(fc.integer({ min: 1, max: 30 })),
    gap: fc.option(fc.integer({ min: 0, max: 40 })),
    hasCaptions: fc.boolean(),
  })
  const anyAspects = fc.array(fc.constantFrom(0.82, 1, 1.5, 1.5, 1.9, 2, 2.55, 0.01, 100), {
    minLength: 1,
    maxLength: 60,
  })

  test('keeps flags and names apart and inside the picture, or says that there is no room', () => {
    const property = fc.property(anyAspects, anyPlan, (list, options) => {
      let plan: ReturnType<typeof planCollage>
      try {
        plan = planCollage(list, options)
      } catch (error) {
        expect(String(error)).toMatch(/^FormatError: .*(?:no room|do not fit|more than the)/)
        // Where there are thirty pixels for each flag and its gap there is room.
        const across = options.columns ?? 1
        const isTight = options.width < (options.gap ?? 0) * (across + 1) + 30 * across
        expect(isTight || list.includes(0.01)).toBe(true)
        return
      }
      expect(plan.width).toBe(options.width)
      const { places, captionHeight } = plan
      places.forEach((place, i) => {
        expect([place.x, place.y, place.width, place.height].every(Number.isInteger)).toBe(true)
        expect(Math.min(place.width, place.height)).toBeGreaterThanOrEqual(1)
        expect(place.y + place.height + captionHeight).toBeLessThanOrEqual(plan.height)
        expect(place.x + place.width).toBeLessThanOrEqual(plan.width)
        // A ribbon is at least one pixel thick, which may be more than its share.
        if (list.includes(0.01) || list.includes(100) || options.width < 30 * list.length) return
        const next = places[i + 1]
        const isBeside = next && next.x >= place.x + place.width
        const isBelow = next && next.y >= place.y + place.height + captionHeight
        expect(!next || isBeside || isBelow).toBe(true)
      })
    })
    fc.assert(property, { seed: 1, numRuns: isFull ? 5000 : 300 })
  })

  test('in rows fills the width to the pixel, with the wanted gap all around', () => {
    for (const gap of [0, 7, 30])
      for (const hasCaptions of [false, true]) {
        const list = Array.from({ length: 80 }, (_, i) => [1.5, 2, 0.82, 1.9, 1][(i * i + 3 * i) % 5])
        const { places, width, height, captionHeight } = planCollage(list, {
          width: 1777,
          columns: null,
          gap,
          hasCaptions,
        })
        const tops = [...new Set(places.map(({ y }) => y))]
        for (const y of tops.slice(0, -1)) {
          const row = places.filter(place => place.y === y)
          expect([row[0].x, row[row.length - 1].x + row[row.length - 1].width], `row at ${y}`).toEqual([
            gap,
            width - gap,
          ])
          row
            .slice(1)
            .forEach((place, i) => expect(Math.abs(place.x - row[i].x - row[i].width - gap)).toBeLessThan(1.01))
        }
        const last = places[places.length - 1]
        expect(places[0].y).toBe(gap)
        expect(height).toBe(last.y + last.height + captionHeight + gap)
        expect(width / height / (16 / 9)).toBeGreaterThan(0.8)
        expect(width / height / (16 / 9)).toBeLessThan(1.25)
      }
  })
})

describe('names', () => {
  const BOX = { width: 400, height: 40 }
  /** The columns of a box that have ink, first and last. */
  async function inked(font: CaptionFont, text: string, box = BOX): Promise<[first: number, last: number]> {
    const covered = await font.draw(text, box, 20)
    const hasInk = (x: number) =>
      Array.from({ length: box.height }, (_, y) => covered[y * box.width + x]).some(v => v > 40)
    const columns = Array.from({ length: box.width }, (_, x) => x).filter(hasInk)
    return [columns[0] ?? -1, columns[columns.length - 1] ?? -1]
  }

  test('of all flags there are are written to their last letter, in the middle', async () => {
    const font = await loadCaptionFont()
    const require = createRequire(import.meta.url)
    const names = Object.values(require('svg-country-flags/countries.json') as Record<string, string>)
    expect(names.length).toBeGreaterThan(250)
    for (const name of names) {
      const [first, last] = await inked(font, name)
      // What stops at a broken outline ends early, and is no longer in the middle.
      expect(Math.abs(first + last + 1 - BOX.width), name).toBeLessThanOrEqual(6)
      expect(last - first, name).toBeGreaterThan(10)
    }
  })

  test('have their accents, and an empty box for what the font has not', async () => {
    const font = await loadCaptionFont()
    const box = await font.draw('漢', BOX, 20)
    const baseOf = (letter: string) => letter.normalize('NFD')[0]
    for (const letter of 'éôãÅçñüőşŽ') {
      const [accented, base] = await Promise.all([letter, baseOf(letter)].map(text => font.draw(text, BOX, 20)))
      expect(Buffer.compare(accented, box), letter).not.toBe(0)
      const ink = (covered: Uint8Array) => covered.reduce((sum, v) => sum + v, 0)
      expect(ink(accented), letter).toBeGreaterThan(ink(base) + 255)
      // Composed or with a mark of its own: the same letter.
      expect(Buffer.compare(await font.draw(letter.normalize('NFD'), BOX, 20), accented), letter).toBe(0)
    }
    expect(Buffer.compare(await font.draw('ẵ', BOX, 20), await font.draw('a', BOX, 20))).toBe(0)
  })

  test('of any marks are drawn: what cannot be shaped is set letter by letter, what has no shape is left out', async () => {
    const font = await loadCaptionFont()
    const plain = await font.draw('Åland', BOX, 20)
    // A variation selector of Mongolian, one of emoji, a joiner, one of ideographs.
    for (const unseen of ['\u180b', '\ufe0f', '\u200d', '\u{e0100}']) {
      expect(Buffer.compare(await font.draw(`Å${unseen}land`, BOX, 20), plain)).toBe(0)
      expect(Buffer.compare(await font.draw(`${unseen}Åland`, BOX, 20), plain)).toBe(0)
      expect((await font.draw(unseen, BOX, 20)).every(covered => covered === 0)).toBe(true)
    }
    const marks = Array.from({ length: 0x70 }, (_, i) => String.fromCodePoint(0x300 + i))
    for (const first of marks)
      for (const second of marks) expect(font.fit(`e${first}${second}`, 400, 20).text).toContain(first)
    // opentype.js knows no shape for two of these after each other: the letters stand where they do without.
    const [first, last] = await inked(font, 'A A')
    const [markedFirst, markedLast] = await inked(font, 'A\u0344\u0344 A')
    expect(markedLast - markedFirst).toBeGreaterThanOrEqual(last - first)
    const covered = await font.draw('A\u0344\u0344 A', BOX, 20)
    expect(Buffer.compare(covered, await font.draw('A A', BOX, 20))).not.toBe(0)
  })

  test('that are long become smaller, then shorter, then nothing', async () => {
    const font = await loadCaptionFont()
    const name = 'Saint Vincent and the Grenadines'
    expect(font.fit(name, 400, 20)).toEqual({ text: name, size: 20 })
    const smaller = font.fit(name, 250, 20)
    expect(smaller.text).toBe(name)
    expect(smaller.size).toBeGreaterThan(13)
    expect(smaller.size).toBeLessThan(20)
    expect(font.fit(name, 120, 20)).toEqual({ text: expect.stringMatching(/^Saint Vin.*[^ ]…$/), size: 13 })
    expect(font.fit(name, 3, 20).text).toBe('')
    expect(font.fit('', 30, 20).text).toBe('')
  })
})

describe('what is drawn', () => {
  // Names tell in which order: the height of a strip with one column is that of the flags in it.
  test('are files, folders by name and manifests in their order, in any mixture', async () => {
    mkdirSync(join(folder, 'plain'))
    copyFileSync(net('usa'), join(folder, 'plain', 'b.safetensors'))
    copyFileSync(net('japan'), join(folder, 'plain', 'a.safetensors'))
    given('plain/notes.txt', 'no flag')
    const note = /^the aspect of 3 of 8 is unknown: drawn as 3:2 \(say --aspect\)\n$/
    const { code, stdout, stderr } = await vexel([
      'collage',
      'plain',
      'flags/flags.json',
      net('nepal'),
      '-o',
      '-',
      '--columns',
      '1',
      '--width',
      '60',
      '--gap',
      '0',
      '--samples',
      '4',
    ])
    expect(code).toBe(0)
    expect(stderr).toMatch(note)
    const collage = decodeLevels(stdout)
    const expected = [1.5, 1.5, ...aspects, 1.5]
    const plan = planCollage(expected, { width: 60, columns: 1, gap: 0, hasCaptions: false })
    const files = [
      'plain/a.safetensors',
      'plain/b.safetensors',
      ...WALL.map(({ file }) => `flags/${file}`),
      net('nepal'),
    ]
    for (const i of [0, 1, 3, 7]) {
      const bytes = readFileSync(resolve(folder, files[i]))
      expect(Buffer.compare(cutOut(collage, plan.places[i]), renderedLevels(bytes, plan.places[i])), files[i]).toBe(0)
    }
  })

  test('are all or none: the first broken one is named, unless they are to be left out', async () => {
    const nan = given('nan.safetensors', StateDict.create(withValue('usa', 'dense1.bias', 0, Number.NaN)).serialize())
    const short = given('short.safetensors', oracleBytes('usa').slice(0, 500))
    const other = given('other.safetensors', StateDict.create(oracleTensors('usa').slice(3)).serialize())
    await expectRefused(
      [net('usa'), nan, short],
      1,
      /^vexel: \S+nan\.safetensors: .*NaN.*\(--skip-broken leaves it out\)\n$/,
    )
    const good = ['collage', net('usa'), net('japan'), '--aspect', '1.5', '--width', '100', '--samples', '4']
    const { code, stdout, stderr } = await vexel([
      ...good,
      nan,
      short,
      other,
      'none.safetensors',
      '--skip-broken',
      '-o',
      '-',
    ])
    expect(code).toBe(0)
    expect(stderr.split('\n').map(line => /^left out: (?:\S*\/)?(\w+)\.safetensors: ./.exec(line)?.[1])).toEqual([
      'nan',
      'short',
      'other',
      'none',
      undefined,
    ])
    expect(decodeLevels(stdout)).toEqual(await drawn(good))
    await expectRefusedWithNotes([nan, '--skip-broken'], /^left out: .*\nvexel: no flags are left to draw\n$/)
    expect(readdirSync(folder).filter(file => file.startsWith('refused'))).toEqual([])
  })

  async function expectRefusedWithNotes(args: readonly string[], lines: RegExp): Promise<void> {
    const { code, stdout, stderr } = await vexel(['collage', ...args, '-o', 'refused.png'])
    expect({ code, stdout: stdout.length }).toEqual({ code: 1, stdout: 0 })
    expect(stderr).toMatch(lines)
  }

  test('is refused in one line where there is nothing to read', async () => {
    mkdirSync(join(folder, 'empty'))
    await expectRefused(['empty'], 1, /empty: no flags\.json and no \.safetensors files in this folder/)
    await expectRefused(['none.safetensors'], 1, /none\.safetensors: no such file/)
    await expectRefused(['none.json'], 1, /none\.json: no such file/)
    for (const [text, line] of [
      ['{', /broken\.json: expected JSON/],
      ['null', /broken\.json: flags: expected a list/],
      ['{"flags": []}', /no flags are left to draw/],
      ['{"flags": [{"code": "a", "name": "A"}]}', /broken\.json: flags\[0\]\.file: expected a text \(--skip-broken/],
      ['{"flags": [{"code": "a", "name": "A", "file": "x.safetensors"}]}', /x\.safetensors: no such file/],
      ['{"flags": [{"code": "a", "name": "A", "file": "empty"}]}', /empty: is a folder/],
    ] as const)
      await expectRefused([given('broken.json', text)], 1, line)
  })

  test.each([
    [['--width', '0'], /--width 0: expected a whole number of pixels/],
    [['--columns', '1.5'], /--columns 1\.5: expected a whole number from 1/],
    [['--gap', '-1'], /--gap -1: expected a whole number from 0/],
    [['--samples', '2'], /--samples 2: /],
    [['--zoom', '0'], /--zoom 0: expected a number above 0/],
    [['--center', '1'], /--center 1: expected two numbers/],
    [['--background', '#12345'], /--background #12345: expected #rrggbb/],
    [['--width', '100', '--gap', '50'], /margins of 50 pixels leave no room in 100 pixels/],
    [
      ['--width', '100', '--columns', '90', '--gap', '3'],
      /90 columns with gaps of 3 pixels do not fit into 100 pixels/,
    ],
    [['--width', '40000', '--columns', '1', '--aspect', '0.5'], /would be \d+ pixels high, more than the 65536/],
  ] as const)('is refused as a wrong call with %j', async (args, line) => {
    await expectRefused([net('japan'), ...args], 2, line)
  })
})

describe('what it leaves behind', () => {
  test('when it is interrupted is nothing', async () => {
    const size = ['--width', '20000', '--labels', '--samples', '4']
    const args = [CLI, 'collage', 'flags', '-o', 'interrupted.png', ...size, '--threads', '2']
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
    let stderr = ''
    child.stderr.on('data', chunk => (stderr += chunk))
    const closed = new Promise<string | null>(resolve => child.on('close', (_, name) => resolve(name)))
    const deadlineMs = Date.now() + 60_000
    while (!readdirSync(folder).some(file => file.endsWith('.tmp')) && Date.now() < deadlineMs)
      await new Promise(resolve => setTimeout(resolve, 20))
    child.kill('SIGINT')
    expect({ by: await closed, stderr }).toEqual({ by: 'SIGINT', stderr: '' })
    expect(readdirSync(folder).filter(file => file.includes('interrupted'))).toEqual([])
  })

  /** Megabytes: as render's, and the networks of 250 flags. Node, two threads and sharp alone take 150. */
  const MEMORY_LIMIT = 280

  // A smaller picture would be within the limit even if it were held as a whole. Peak memory is read from /proc/PID/status, which only
  // Linux has.
  test.runIf(isFull && isPeakKnown)('in memory is a strip and the nets, not the picture', async () => {
    const width = 8192
    const files = Array.from({ length: 250 }, (_, i) => net((['malaysia', 'nepal', 'usa'] as const)[i % 3]))
    const args = [CLI, 'collage', ...files, '-o', '-', '--width', `${width}`, '--labels', '--threads', '2']
    const samples = ['--aspect', '2', '--samples', '4']
    const { code, stdout, peakMb } = await runMeasured([...args, ...samples], folder)
    expect(code).toBe(0)
    expect(stdout.readUInt32BE(16)).toBe(width)
    expect(peakMb).toBeGreaterThan(20)
    expect(peakMb).toBeLessThan(MEMORY_LIMIT)
  })
})
