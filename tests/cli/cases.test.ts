// Inputs that people have, and that were refused or taken for something else once.

import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, describe, expect, test } from 'vitest'
import { loadImage } from '../../src/cli/image/image.js'
import { drawSvgApart } from '../../src/cli/image/svg-process.js'
import { StateDict } from '../../src/model/state-dict.js'
import { oracleBytes, oraclePath, randomTensors } from '../model/network-files.js'
import { isFull } from '../is-full.js'
import { CLI, expectRefused, runVexel } from './run-vexel.js'

const folder = mkdtempSync(join(tmpdir(), 'vexel-cases-'))
afterAll(() => rmSync(folder, { recursive: true }))

const given = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
const caseFile = (name: string) => fileURLToPath(new URL(`cases/${name}`, import.meta.url))
const NET = fileURLToPath(oraclePath('japan.safetensors'))
/** Runs the command line where at most so many files may be open. */
async function vexelWithFiles(
  count: number,
  args: readonly string[],
): Promise<{ code: number | null; stderr: string }> {
  const command = `ulimit -n ${count} && exec "$0" "$@"`
  const child = spawn('sh', ['-c', command, process.execPath, CLI, ...args], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.on('data', chunk => (stderr += chunk))
  const code = await new Promise<number | null>(resolve => child.on('close', resolve))
  return { code, stderr }
}
const vexel = (args: readonly string[], stdin?: string) => runVexel(args, { cwd: folder, stdin })

describe('JSON as shells of Windows write it', () => {
  const points = '[[0, 0], [0.5, -0.25]]'
  const mark = Buffer.from([0xff, 0xfe])
  test.each([
    ['with a byte order mark', Buffer.from(`\uFEFF${points}`)],
    ['in UTF-16', Buffer.concat([mark, Buffer.from(points, 'utf16le')])],
    ['in UTF-16 without a mark', Buffer.from(points, 'utf16le')],
    ['in UTF-16, big end first', Buffer.concat([mark, Buffer.from(points, 'utf16le')]).swap16()],
  ])('is read %s', async (_, bytes) => {
    const plain = await vexel(['sample', NET, '--points', given('plain.json', points)])
    const { code, text } = await vexel(['sample', NET, '--points', given('points.json', bytes)])
    expect([code, text]).toEqual([0, plain.text])
  })

  test('from a file that was sent to us', async () => {
    expect((await vexel(['sample', NET, '--points', caseFile('points-bom.json')])).code).toBe(0)
  })

  test('as a recipe and as a plan', async () => {
    const recipe = given('recipe.json', Buffer.concat([mark, Buffer.from('{"optimizer": "banana"}', 'utf16le')]))
    await expectRefused(['train', 'x.png', '-o', 'x', '--recipe', recipe], 1, /optimizer: expected one of adam, muon/, {
      cwd: folder,
    })
  })
})

describe('JSON that is nested without an end', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  test.each([5_000, 500_000])('%d deep is refused in one line, whatever it is for', async depth => {
    const path = given('nested.json', `{"optimizer": ${nested(depth)}}`)
    const points = given('points.json', nested(depth))
    const folderOption = { cwd: folder }
    await expectRefused(['sample', NET, '--points', points], 1, /expected JSON/, folderOption)
    await expectRefused(['train', 'x.png', '-o', 'x', '--recipe', path], 1, /nested\.json: not JSON$/m, folderOption)
    const images = fileURLToPath(new URL('cases', import.meta.url))
    await expectRefused(
      ['gallery', images, '-o', 'g', '--plan', path],
      1,
      /nested\.json: expected JSON$/m,
      folderOption,
    )
    await expectRefused(['collage', path, '-o', 'c.png'], 1, /nested\.json: expected JSON$/m, folderOption)
  })
})

describe('a manifest', () => {
  test('that states no proportions of a picture is drawn as one that states none', async () => {
    given('a.safetensors', oracleBytes('japan'))
    given('b.safetensors', oracleBytes('usa'))
    const pictureOf = async (size: object, ...options: string[]) => {
      const flags = ['a', 'b'].map(code => ({ code, name: code, file: `${code}.safetensors`, ...size }))
      const path = given('flags.json', JSON.stringify({ flags }))
      const { code, stdout } = await vexel(['collage', path, '-o', '-', '--width', '90', '--samples', '1', ...options])
      expect([code, JSON.stringify(size)]).toEqual([0, JSON.stringify(size)])
      return stdout
    }
    for (const options of [['--labels'], ['--columns', '2']]) {
      const plain = await pictureOf({}, ...options)
      for (const [width, height] of [
        [1, 1e300],
        [1e300, 1],
        [5e-324, 1e300],
      ])
        expect(Buffer.compare(await pictureOf({ width, height }, ...options), plain)).toBe(0)
    }
  })
})

describe.skipIf(process.platform === 'win32')('where few files may be open', () => {
  // Node itself does not start with less, and from some number on there are enough.
  test.each([20, 22, 24, 28, 32])('%d, a call says so in one line, or is answered', async count => {
    const { code, stderr } = await vexelWithFiles(count, ['collage', NET, '-o', 'few.png', '--width', '40', '--labels'])
    if (code === 0) return
    expect(code).toBe(3)
    expect(stderr.split('\n').at(-2)).toMatch(/^vexel: .*\((?:EMFILE|ENFILE)\)/)
    expect(stderr).not.toMatch(/^\s+at |internal error|node:internal/m)
  })
})

describe('a name that would move the cursor, colour or turn a terminal', () => {
  const hostile = '\u001b[31mred\u202egnp\u0085\u2028.safetensors'
  const unseen = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
  const seen = (...texts: string[]) => {
    for (const text of texts) expect(text).not.toMatch(unseen)
  }

  test('is written as its code points wherever it stands: of a file, in a manifest, in metadata', async () => {
    mkdirSync(join(folder, 'hostile'))
    given(`hostile/${hostile}`, oracleBytes('japan'))
    const stateDict = StateDict.create(randomTensors([4], [], 1))
    stateDict.setMetadata(hostile, hostile)
    given('hostile/b.safetensors', stateDict.serialize())
    given('hostile/c.safetensors', 'hello')
    const info = await vexel(['info', `hostile/${hostile}`])
    expect(info.text).toContain('\\u{1b}[31mred\\u{202e}gnp\\u{85}\\u{2028}.safetensors: MysteryNet')
    const json = await vexel(['info', 'hostile/b.safetensors', '--json'])
    expect(JSON.parse(json.text).metadata).toEqual({ [hostile]: hostile })
    const flags = [
      { code: 'a', name: hostile, file: hostile },
      { code: 'c', name: 'C', file: 'c.safetensors' },
      { code: 'd', name: hostile, file: `no${hostile}` },
    ]
    given('hostile/flags.json', JSON.stringify({ flags }))
    const collage = await vexel(['collage', 'hostile', '-o', 'h.png', '--width', '40', '--skip-broken'])
    const solved = await vexel(['solve', 'hostile/b.safetensors'])
    const small = ['--width', '12', '--detail', '24']
    const compared = await vexel(['compare', `hostile/${hostile}`, caseFile('svg-size-in-style.svg'), ...small])
    expect([collage.code, solved.code, compared.code]).toEqual([0, 0, 0])
    expect(collage.stderr).toMatch(/no\\u\{1b\}/)
    seen(info.text, json.text, collage.stderr, solved.text, solved.stderr, compared.text)
  })
})

describe('- is a stream', () => {
  test('wherever a net is read', async () => {
    const { stdout } = await vexel(['info', NET, '--json'])
    const piped = await runVexel(['info', '-', '--json'], { cwd: folder, stdin: oracleBytes('japan') })
    expect(JSON.parse(piped.text)).toEqual({ ...JSON.parse(stdout.toString()), file: '-' })
    const picture = await runVexel(['render', '-', '-o', 'piped.png', '--width', '20'], {
      cwd: folder,
      stdin: oracleBytes('japan'),
    })
    expect(picture.code).toBe(0)
  })

  test('which is one file only, and called what it is', async () => {
    await expectRefused(['info', '-'], 1, /^vexel: stdin: not a safetensors file|^vexel: stdin: safetensors/m, {
      cwd: folder,
      stdin: 'hello there',
    })
    await expectRefused(['sample', '-', '--points', '-'], 2, /stdin is one of them only/, { cwd: folder })
  })
})

describe('info', () => {
  test('says when the frame is the default one', async () => {
    expect((await vexel(['info', NET])).text).toMatch(/^frame \{.*\} \(the default: the file states none\)$/m)
  })

  test('takes null for no metadata, as the reference reader does', async () => {
    const path = fileURLToPath(new URL('../model/metadata-null.safetensors', import.meta.url))
    const { code, text } = await vexel(['info', path, '--json'])
    expect([code, JSON.parse(text).metadata]).toEqual([0, {}])
  })
})

describe('an image', () => {
  test('of AVIF is decoded', async () => {
    const flag = sharp({ create: { width: 60, height: 40, channels: 3, background: { r: 200, g: 30, b: 60 } } })
    const path = given('red.avif', await flag.avif({ lossless: true }).toBuffer())
    const { image } = await loadImage(path, { width: 'own' })
    expect([image.width, image.height]).toEqual([60, 40])
    expect(Array.from(image.data.subarray(0, 3), value => Math.round(value * 255))).toEqual([200, 30, 60])
  })

  test.each([
    ['in its style', 'svg-size-in-style.svg', 300 / 200],
    ['in entities', 'svg-size-in-entity.svg', 30 / 20],
  ])('of SVG may say its size %s', async (_, name, aspect) => {
    const { image } = await loadImage(caseFile(name), { width: 48 })
    expect(image.width / image.height).toBeCloseTo(aspect, 1)
    const last = image.data.slice(-3)
    expect([...image.data.slice(0, 3), ...last].map(Math.round)).toEqual([1, 0, 0, 1, 0, 0])
  })
})

describe('an SVG that would take for ever', () => {
  const turbulence = `<svg xmlns="http://www.w3.org/2000/svg" width="2000" height="2000">
    <filter id="f" x="0" y="0" width="1" height="1"><feTurbulence baseFrequency="0.9" numOctaves="1000"/></filter>
    <rect width="2000" height="2000" filter="url(#f)"/></svg>`

  test('is ended after its time, in one line', async () => {
    const startMs = performance.now()
    await expect(drawSvgApart(Buffer.from(turbulence), { seconds: 1, megabytes: 1024 })).rejects.toThrow(
      /^cannot be drawn as SVG: it takes more than 1 seconds$/,
    )
    // Not a matter of speed: left alone it runs for minutes.
    expect(performance.now() - startMs).toBeLessThan(60_000)
  })

  test('is ended at its memory, in one line', async () => {
    await expect(drawSvgApart(Buffer.from(turbulence), { seconds: 60, megabytes: 20 })).rejects.toThrow(
      /^cannot be drawn as SVG: it takes more than 20 MB of memory$/,
    )
  })

  const elements = (text: string) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 200">${text}</svg>`
  const filters = Array.from({ length: 50 }, (_, i) => `<filter id="f${i}"><feGaussianBlur stdDeviation="9"/></filter>`)
  const nested = Array.from({ length: 50 }, (_, i) => `<g filter="url(#f${i})">`)
  test.runIf(isFull).each([
    ['turbulence', turbulence, /it takes more than 30 seconds$/m],
    ['half a megabyte of text', elements(`<text y="20">${'word '.repeat(1e5)}</text>`), /it takes more than /],
    [
      'filters in filters',
      elements(`<defs>${filters.join('')}</defs>${nested.join('')}<rect width="9" height="9"/>${'</g>'.repeat(50)}`),
      /it takes more than /,
    ],
    [
      'half a million rectangles',
      elements('<rect width="3" height="2"/>'.repeat(5e5)),
      /it takes more than |more than 500000/,
    ],
  ])('is refused by the command line in one line that says what was too much: %s', async (name, text, line) => {
    const path = given(`${name}.svg`, text)
    const { code, stderr } = await vexel(['compare', NET, path, '--width', '320'])
    // A machine may be fast enough.
    if (code === 0) return
    expect(code).toBe(1)
    expect(stderr).toMatch(line)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  test('but the flags of all countries are drawn', async () => {
    for (const code of isFull ? ['gq', 'us', 'sv'] : ['sv']) {
      const document = readFileSync(new URL(`../../node_modules/svg-country-flags/svg/${code}.svg`, import.meta.url))
      const { width, height, rgba } = await drawSvgApart(document)
      expect(rgba.length).toBe(width * height * 4)
    }
  })
})
