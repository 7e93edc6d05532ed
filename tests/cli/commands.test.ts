// The command line as it is built: what info, sample and render print and write, and how each of them says no. (parity has
// its own test: it needs the browser; compare has its own, and its images.)

import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { version } from '../../package.json' with { type: 'json' }
import type { NewTensor } from '../../src/model/safetensors/write.js'
import { writeSafetensors } from '../../src/model/safetensors/write.js'
import {
  decodeLevels,
  floatTensor,
  ORACLE_NAMES,
  type OracleName,
  oracleBytes,
  oracleExpected,
  oraclePath,
  oraclePicture,
  oracleTensors,
  withTensor,
  withValue,
} from '../model/network-files.js'
import { CLI, escaped, expectRefused as refused, runVexel } from './run-vexel.js'

/** Acceptance 1: both sides are float64, which differ only in the order of their sums. */
const PYTORCH_ATOL = 1e-9
/** float32 against float64: ten times what PyTorch's own float32 differs on these nets. */
const KERNEL_ATOL = 2e-4
/** Acceptance 3: a channel all but half way between two levels. */
const LEVEL_ATOL = 1

const net = (name: OracleName) => fileURLToPath(oraclePath(`${name}.safetensors`))
const USA = net('usa')

const folder = mkdtempSync(join(tmpdir(), 'vexel-commands-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Writes a file into the folder of this run; returns its path. */
function given(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const vexel = (args: readonly string[], stdin = '') => runVexel(args, { cwd: folder, stdin })
const expectRefused = (args: readonly string[], code: number, line: RegExp, stdin = '') =>
  refused(args, code, line, { cwd: folder, stdin })

describe('info', () => {
  test.each(ORACLE_NAMES)('--json of %s has exactly the documented fields', async name => {
    const { code, text, stderr } = await vexel(['info', net(name), '--json'])
    expect([code, stderr]).toEqual([0, ''])
    const info = JSON.parse(text)
    expect(Object.keys(info).toSorted()).toEqual(
      [
        'architecture',
        'file',
        'frame',
        'isFrameStated',
        'metadata',
        'parameterCount',
        'sizeBytes',
        'tensors',
        'warnings',
      ].toSorted(),
    )
    expect(info).toMatchObject({
      file: net(name),
      sizeBytes: oracleBytes(name).length,
      architecture: 'MysteryNet',
      parameterCount: 6675,
      metadata: {},
      isFrameStated: false,
      warnings: [],
    })
    expect(info.frame).toEqual({
      x: [-1, 1],
      y: [-1, 1],
      order: 'xy',
      aspect: null,
      output: 'rgb01',
      channels: 'rgb',
    })
    expect(info.tensors).toHaveLength(38)
    for (const tensor of info.tensors)
      expect(Object.keys(tensor).toSorted()).toEqual(['dtype', 'max', 'min', 'name', 'shape'])
    const bias = new Float32Array(oracleTensors(name).find(t => t.name === 'dense1.bias')?.bytes.buffer as ArrayBuffer)
    expect(info.tensors[1]).toEqual({
      name: 'dense1.bias',
      dtype: 'F32',
      shape: [16],
      min: Math.min(...bias),
      max: Math.max(...bias),
    })
  })

  test('tells metadata, a stated frame and warnings', async () => {
    const metadata = new Map([
      ['vexel.frame', '{"aspect":1.9,"order":"yx"}'],
      ['__proto__', 'harmless'],
    ])
    const extra = floatTensor('extra', [2], [1, 2])
    const path = given('stated.safetensors', writeSafetensors([...oracleTensors('usa'), extra], metadata))
    const json = await vexel(['info', path, '--json'])
    expect(JSON.parse(json.text)).toMatchObject({
      frame: { aspect: 1.9, order: 'yx' },
      warnings: ['unknown tensor ignored: extra'],
    })
    expect(Object.entries(JSON.parse(json.text).metadata)).toEqual([...metadata])
    const { code, text } = await vexel(['info', path])
    expect(code).toBe(0)
    expect(text).toContain('MysteryNet, 6,675 parameters')
    expect(text).toMatch(/^ {2}dense_head\.weight +F32 +\[3, 16\] +-?\d/m)
    expect(text).toContain('metadata __proto__: harmless\n')
    expect(text).toContain('warning: unknown tensor ignored: extra\n')
  })

  test('shows hostile names as text on their line', async () => {
    const name = 'evil\n\u001b[2J\u202eline'
    const metadata = new Map([['k\u001b]0;title\u0007', 'v\r\nw']])
    const tensors = [...oracleTensors('usa'), floatTensor(name, [1], [1])]
    const { code, text } = await vexel(['info', given('hostile.safetensors', writeSafetensors(tensors, metadata))])
    expect(code).toBe(0)
    expect(/[\p{Cf}\p{Zl}\p{Zp}]|[^\P{Cc}\n]/u.test(text), JSON.stringify(text)).toBe(false)
    expect(text.split('\n').filter(line => line.includes('evil'))).toHaveLength(2)
  })
})

describe('sample', () => {
  test.each(ORACLE_NAMES)('of %s is what PyTorch gives, from a file and from stdin', async name => {
    const { points, rgb_float64: expected } = oracleExpected(name)
    const text = JSON.stringify(points)
    const path = given(`${name}.points.json`, text)
    const outcomes = await Promise.all([
      vexel(['sample', net(name), '--points', path]),
      vexel(['sample', net(name), '--points', '-', '--json', '--precision', 'f64'], text),
    ])
    for (const { code, text, stderr } of outcomes) {
      expect([code, stderr]).toEqual([0, ''])
      const rows: number[][] = JSON.parse(text)
      expect(rows).toHaveLength(256)
      rows.forEach((row, i) => {
        expect(row).toHaveLength(3)
        row.forEach((value, channel) =>
          expect(Math.abs(value - expected[i][channel]), `point ${i} channel ${channel}`).toBeLessThanOrEqual(
            PYTORCH_ATOL,
          ),
        )
      })
    }
    expect(outcomes[0].text).toBe(outcomes[1].text)
  })

  test.each(ORACLE_NAMES)('of %s in float32 is the kernel: near PyTorch, and not the reference', async name => {
    const { points, rgb_float64: expected } = oracleExpected(name)
    const outcome = await vexel(['sample', net(name), '--points', '-', '--precision', 'f32'], JSON.stringify(points))
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    const differences = JSON.parse(outcome.text).flatMap((row: number[], i: number) =>
      row.map((value, channel) => Math.abs(value - expected[i][channel])),
    )
    expect(differences).toHaveLength(768)
    expect(Math.max(...differences)).toBeLessThanOrEqual(KERNEL_ATOL)
    expect(Math.max(...differences)).toBeGreaterThan(PYTORCH_ATOL)
  })

  test('of no points is an empty array', async () => {
    expect(await vexel(['sample', USA, '--points', '-'], ' [] ')).toMatchObject({ code: 0, text: '[]\n' })
  })

  test('knows nothing of the frame: the points go to the net as they are', async () => {
    const metadata = new Map([['vexel.frame', '{"x":[0,320],"order":"yx","output":"rgb255","channels":"bgr"}']])
    const path = given('framed.safetensors', writeSafetensors(oracleTensors('usa'), metadata))
    const [plain, framed] = await Promise.all(
      [USA, path].map(file => vexel(['sample', file, '--points', '-'], '[[0.25,-0.5]]')),
    )
    expect(framed.text).toBe(plain.text)
  })

  const badPoints: readonly (readonly [what: string, text: string, line: RegExp])[] = [
    ['nothing', '', /expected JSON/],
    ['no JSON', '[[1, 2]', /expected JSON/],
    ['NaN', '[[NaN, 0]]', /expected JSON/],
    ['an object', '{"points": [[1, 2]]}', /expected an array/],
    ['null', 'null', /expected an array/],
    ['a number', '1', /expected an array/],
    ['one point bare', '[0.5, 0.5]', /point 0: expected two finite numbers/],
    ['a point of one', '[[0, 0], [1]]', /point 1: expected two finite numbers/],
    ['a point of three', '[[0, 0], [0, 0], [1, 2, 3]]', /point 2: expected two finite numbers/],
    ['strings', '[["0", "1"]]', /point 0: /],
    ['null in a point', '[[0, null]]', /point 0: /],
    ['more than float64 holds', '[[1e999, 0]]', /point 0: /],
    ['arrays too deep', '[[[0], [1]]]', /point 0: /],
  ]
  test.concurrent.each(badPoints)('is refused points that are %s', async (what, text, line) => {
    const path = given(`${what}.json`, text)
    await expectRefused(['sample', USA, '--points', path], 1, new RegExp(`^vexel: ${escaped(path)}: .*${line.source}`))
  })

  test('is refused points that are not there, or wrong on stdin', async () => {
    await expectRefused(['sample', USA, '--points', 'nowhere.json'], 1, /^vexel: nowhere\.json: no such file$/m)
    await expectRefused(['sample', USA, '--points', folder], 1, /: is a folder$/m)
    await expectRefused(['sample', USA, '--points', '-'], 1, /^vexel: stdin: point 0: /, '[7]')
  })

  test('ends quietly when its reader goes away', async () => {
    const points = JSON.stringify(Array.from({ length: 20_000 }, (_, i) => [i / 20_000, 0]))
    const path = given('many.json', points)
    const child = spawn(process.execPath, [CLI, 'sample', USA, '--points', path], { stdio: ['ignore', 'pipe', 'pipe'] })
    let stderr = ''
    child.stderr.on('data', chunk => (stderr += chunk))
    child.stdout.destroy()
    const code = await new Promise(resolve => child.on('close', resolve))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
})

describe('render', () => {
  test.each(ORACLE_NAMES)('of %s is the picture that PyTorch drew, level for level', async name => {
    const { width, height } = oracleExpected(name)
    const out = join(folder, `${name}.png`)
    const args = ['render', net(name), '-o', out, '--width', `${width}`, '--height', `${height}`, '--samples', '1']
    expect(await vexel(args)).toMatchObject({ code: 0, text: '', stderr: '' })
    const [actual, expected] = [decodeLevels(readFileSync(out)), oraclePicture(name)]
    expect([actual.width, actual.height]).toEqual([width, height])
    const wrong = actual.levels.findIndex((level, i) => level !== expected.levels[i])
    const pixel = Math.floor(wrong / 3)
    const where = `pixel (${pixel % width}, ${Math.floor(pixel / width)}) channel ${wrong % 3}`
    expect(wrong, `${where}: ${actual.levels[wrong]}, PyTorch ${expected.levels[wrong]}`).toBe(-1)
  })

  test('writes every pixel as it is; with --fast, from 640 pixels across on, the coherent picture', async () => {
    const draw = async (width: number, ...options: string[]) => {
      const size = ['--width', `${width}`, '--aspect', '2', '--samples', '1']
      const { code, stdout } = await vexel(['render', USA, '-o', '-', ...size, ...options])
      expect(code).toBe(0)
      return decodeLevels(stdout).levels
    }
    expect(await draw(60, '--fast')).toEqual(await draw(60))
    const [exact, fast] = [await draw(640), await draw(640, '--fast')]
    const differing = fast.filter((level, i) => level !== exact[i]).length
    expect(differing).toBeGreaterThan(0)
    const off = fast.filter((level, i) => Math.abs(level - exact[i]) > 1).length
    expect(off).toBeLessThanOrEqual(1e-4 * 640 * 320)
  })

  test('takes a negative centre after a space and draws what PyTorch has there', async () => {
    const { points, rgb_float64: rgb } = oracleExpected('usa')
    const inside = points.findIndex(([x, y]) => x < 0 && y > 0)
    for (const args of [['--center', points[inside].join(',')], [`--center=${points[inside].join(',')}`]]) {
      const outcome = await vexel(
        ['render', USA, '-o', '-', '--width', '1', '--height', '1', '--zoom', '1000000', '--samples', '1'].concat(args),
      )
      expect(outcome).toMatchObject({ code: 0, stderr: '' })
      const { levels } = decodeLevels(outcome.stdout)
      rgb[inside].forEach((value, channel) =>
        expect(Math.abs(levels[channel] - 255 * Math.min(1, Math.max(0, value)))).toBeLessThanOrEqual(LEVEL_ATOL),
      )
    }
    const size = ['--width', '8', '--height', '4', '--samples', '1']
    const wide = await vexel(['render', USA, '-o', '-', ...size, '--center', '-0.3,0.2'])
    expect(wide).toMatchObject({ code: 0, stderr: '' })
    expect(decodeLevels(wide.stdout)).toMatchObject({ width: 8, height: 4 })
  })

  test('takes the frame from its options, negative values after a space', async () => {
    const size = ['--width', '16', '--height', '8', '--samples', '1']
    const draw = async (...options: string[]) => {
      const outcome = await vexel(['render', net('malaysia'), '-o', '-', ...size, ...options])
      expect(outcome, options.join(' ')).toMatchObject({ code: 0, stderr: '' })
      return decodeLevels(outcome.stdout).levels
    }
    const pixel = (levels: Uint8Array, c: number, r: number) => [
      ...levels.subarray(3 * (r * 16 + c), 3 * (r * 16 + c) + 3),
    ]
    const [plain, same, flipped, swapped] = await Promise.all([
      draw(),
      draw('--x', '-1,1', '--y', '-1,1', '--order', 'xy', '--output', 'rgb01', '--channels', 'rgb'),
      draw('--x', '1,-1', '--y', '1,-1'),
      draw('--channels', 'bgr'),
    ])
    expect(same).toEqual(plain)
    for (let r = 0; r < 8; r++)
      for (let c = 0; c < 16; c++) {
        expect(pixel(flipped, 15 - c, 7 - r)).toEqual(pixel(plain, c, r))
        expect(pixel(swapped, c, r)).toEqual(pixel(plain, c, r).reverse())
      }
  })

  test('notes on stderr that an unknown aspect was taken for 3:2, where it mattered', async () => {
    const once = ['--samples', '1']
    const noted = await vexel(['render', USA, '-o', '-', '--width', '30', ...once])
    expect(noted.code).toBe(0)
    expect(noted.stderr).toMatch(/^the aspect is unknown: drawn as 3:2 .*\n$/)
    expect(decodeLevels(noted.stdout)).toMatchObject({ width: 30, height: 20 })
    const high = await vexel(['render', USA, '-o', '-', '--height', '30', ...once])
    expect(high.stderr).toMatch(/3:2/)
    expect(decodeLevels(high.stdout)).toMatchObject({ width: 45, height: 30 })
    const stated = await vexel(['render', USA, '-o', '-', '--width', '30', '--aspect', '2', ...once])
    expect(stated.stderr).toBe('')
    expect(decodeLevels(stated.stdout)).toMatchObject({ width: 30, height: 15 })
    const metadata = new Map([['vexel.frame', '{"aspect":0.5}']])
    const path = given('narrow.safetensors', writeSafetensors(oracleTensors('usa'), metadata))
    const own = await vexel(['render', path, '-o', '-', '--width', '30', ...once])
    expect(own.stderr).toBe('')
    expect(decodeLevels(own.stdout)).toMatchObject({ width: 30, height: 60 })
  })

  test('notes a broken frame in the file and draws with the default', async () => {
    const tensors = oracleTensors('usa')
    const path = given('broken-frame.safetensors', writeSafetensors(tensors, new Map([['vexel.frame', '{"x":7}']])))
    const size = ['--width', '6', '--height', '4', '--samples', '1']
    const [broken, plain] = await Promise.all([path, USA].map(file => vexel(['render', file, '-o', '-', ...size])))
    expect(broken.stderr).toMatch(/^frame x: .*; the default frame is used\n$/)
    expect(broken.stdout).toEqual(plain.stdout)
  })

  test('takes the place of an older picture and leaves nothing beside it', async () => {
    mkdirSync(join(folder, 'beside'))
    const out = given('beside/picture.png', 'an older picture')
    const { code } = await vexel(['render', USA, '-o', out, '--width', '3', '--height', '2'])
    expect(code).toBe(0)
    expect(decodeLevels(readFileSync(out))).toMatchObject({ width: 3, height: 2 })
    expect(readdirSync(join(folder, 'beside'))).toEqual(['picture.png'])
  })

  test('where OUT cannot be written exits with 3', async () => {
    mkdirSync(join(folder, 'taken'))
    const size = ['--width', '2', '--height', '2', '--samples', '1']
    await expectRefused(
      ['render', USA, '-o', join(folder, 'no', 'such', 'a.png'), ...size],
      3,
      /a\.png: cannot be written \(ENOENT\)$/m,
    )
    await expectRefused(['render', USA, '-o', join(folder, 'taken'), ...size], 3, /taken: cannot be written \(\w+\)$/m)
    if (existsSync('/dev/full'))
      await expectRefused(['render', USA, '-o', '/dev/full', ...size], 3, /cannot be written \(ENOSPC\)$/m)
    expect(readdirSync(join(folder, 'taken'))).toEqual([])
    expect(readdirSync(folder).filter(file => file.endsWith('.tmp'))).toEqual([])
  })
})

describe('a bad file', () => {
  const latin1 = (text: string) => Uint8Array.from(text, c => c.charCodeAt(0))
  const zipOf = (name: string) =>
    latin1(`PK\x03\x04${'\0'.repeat(22)}${String.fromCharCode(name.length)}\0\0\0${name}x`)
  const usa = oracleBytes('usa')
  const file = (tensors: readonly NewTensor[]) => writeSafetensors(tensors)
  const contents: readonly (readonly [what: string, content: Uint8Array, line: RegExp])[] = [
    ['a pickle', zipOf('archive/data.pkl'), /this is a PyTorch pickle; save it with safetensors/],
    ['an old pickle', latin1('\x80\x02}q\x00.'), /this is a PyTorch pickle; save it with safetensors/],
    ['a web page', latin1('<!DOCTYPE html>\n<html>404</html>'), /this is a web page \(HTML\)/],
    [
      'an LFS pointer',
      latin1('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 30460\n'),
      /this is a Git LFS pointer/,
    ],
    ['a picture', readFileSync(oraclePath('usa.expected.png')), /this is a PNG picture/],
    ['a text', latin1('hello\nworld\n'), /this is plain text that begins "hello"/],
    ['empty', new Uint8Array(), /the file is empty/],
    ['cut in its header', usa.subarray(0, 1000), /header/],
    ['cut by a byte', usa.subarray(0, usa.length - 1), /./],
    ['longer by a byte', Uint8Array.of(...usa, 0), /./],
    ['without a tensor', file(withTensor('usa', 'bn4.bias', null)), /missing tensor bn4\.bias/],
    [
      'misshapen',
      file(withTensor('usa', 'dense8.bias', floatTensor('dense8.bias', [17], new Float64Array(17)))),
      /dense8\.bias: expected shape \[16\], got \[17\]/,
    ],
    ['not finite', file(withValue('usa', 'dense1.bias', 3, Number.NaN)), /dense1\.bias\[3\]: expected a finite number/],
    [
      'another network',
      file([floatTensor('conv.weight', [1], [1])]),
      /no coordinate network: no linear layer is in it/,
    ],
  ]

  const LISTED = new Set(['without a tensor', 'misshapen', 'not finite', 'another network'])
  const cases: (readonly [what: string, path: string, line: RegExp])[] = [
    ...contents.map(([what, content, line]) => [what, given(`${what}.safetensors`, content), line] as const),
    ['a folder', folder, /is a folder/],
    ['not there', join(folder, 'nowhere.safetensors'), /no such file/],
    ['too large', given('large.safetensors', ''), /65 MB is more than the 64 MB a flag network may have/],
    ...(existsSync('/dev/zero') ? [['without an end', '/dev/zero', /more than the 64 MB/] as const] : []),
  ]
  beforeAll(() => truncateSync(join(folder, 'large.safetensors'), 65 * 2 ** 20))

  test.concurrent.each(cases)(
    'that is %s is refused in one line by every command, OUT stays as it was',
    async (what, path, line) => {
      const out = given(`${what}.old.png`, 'an older picture')
      const expected = new RegExp(`^vexel: ${escaped(path)}: .*${line.source}`)
      // What is a safetensors file is listed whatever is in it, with why it cannot be drawn.
      if (LISTED.has(what)) {
        const info = await vexel(['info', path])
        expect([info.code, info.stderr]).toEqual([0, ''])
        expect(info.text).toMatch(new RegExp(`^cannot be drawn: ${line.source}`, 'm'))
      } else await expectRefused(['info', path], 1, expected)
      await expectRefused(['sample', path, '--points', '-'], 1, expected, '[[0, 0]]')
      await expectRefused(['render', path, '-o', out], 1, expected)
      expect(readFileSync(out, 'utf8')).toBe('an older picture')
    },
  )
})

describe('a wrong call', () => {
  const render = ['render', USA, '-o', 'wrong.png']
  const calls: readonly (readonly [args: readonly string[], named: string])[] = [
    [['inform', USA], 'inform'],
    [['info'], 'file'],
    [['info', USA, '--yaml'], '--yaml'],
    [['info', USA, USA], 'too many arguments'],
    [['sample', USA], '--points'],
    [['sample', USA, '--points'], '--points'],
    [['sample', USA, '--points', '-', '--precision', 'f16'], '--precision f16'],
    [['render', USA], '--out'],
    [[...render, '--width', '0'], '--width 0'],
    [[...render, '--width', '-5'], '--width -5'],
    [[...render, '--width', '1.5'], '--width 1.5'],
    [[...render, '--width', 'wide'], '--width wide'],
    [[...render, '--height', '65537'], '--height 65537'],
    [[...render, '--height', ''], '--height'],
    [[...render, '--zoom', '0'], '--zoom 0'],
    [[...render, '--zoom', '-2'], '--zoom -2'],
    [[...render, '--zoom', 'Infinity'], '--zoom Infinity'],
    [[...render, '--center', '1'], '--center 1'],
    [[...render, '--center', '1,2,3'], '--center 1,2,3'],
    [[...render, '--center', '-0.3,'], '--center -0.3,'],
    [[...render, '--samples', '3'], '--samples 3'],
    [[...render, '--threads', '0'], '--threads 0'],
    [[...render, '--threads', '1.5'], '--threads 1.5'],
    [[...render, '--threads', '257'], '--threads 257'],
    [[...render, '--x', '1,1'], '--x 1,1'],
    [[...render, '--y', '-1'], '--y -1'],
    [[...render, '--order', 'zy'], '--order zy'],
    [[...render, '--aspect', '0'], '--aspect 0'],
    [[...render, '--aspect', '3:2:1'], '--aspect 3:2:1'],
    [[...render, '--output', 'rgb'], '--output rgb'],
    [[...render, '--channels', 'rbg'], '--channels rbg'],
  ]
  beforeAll(() => {
    given('wrong.png', 'an older picture')
  })

  test.concurrent.each(
    calls.map(([args, named]) => [args.map(arg => (arg === USA ? 'FILE' : arg)).join(' '), named, args] as const),
  )('`%s` exits with 2 and names %s', async (_, named, args) => {
    const { code, text, stderr } = await vexel(args)
    expect({ code, text }, stderr).toEqual({ code: 2, text: '' })
    expect(stderr).toContain(named)
    expect(readFileSync(join(folder, 'wrong.png'), 'utf8')).toBe('an older picture')
  })

  test('without a command shows the commands and exits with 2', async () => {
    const { code, text, stderr } = await vexel([])
    expect([code, text]).toEqual([2, ''])
    for (const command of ['info', 'sample', 'render', 'compare', 'parity'])
      expect(stderr).toMatch(new RegExp(`^ +${command} `, 'm'))
  })
})

test('help and version are results: stdout, exit 0', async () => {
  const [help, ofRender, number] = await Promise.all([
    vexel(['--help']),
    vexel(['render', '--help']),
    vexel(['--version']),
  ])
  expect(help).toMatchObject({ code: 0, stderr: '' })
  expect(help.text).toContain(
    'Exit codes: 0 ok, 1 the input is bad, 2 the call is wrong, 3 the machine lacks something.',
  )
  expect(ofRender).toMatchObject({ code: 0, stderr: '' })
  for (const option of ['--out', '--width', '--height', '--center', '--zoom', '--x', '--y', '--order', '--aspect'])
    expect(ofRender.text).toContain(option)
  expect(ofRender.text.replace(/\s+/g, ' ')).toContain(
    'auto: 4 where a pixel is coarser than 1/2560 of the longer edge',
  )
  expect(number).toMatchObject({ code: 0, text: `${version}\n`, stderr: '' })
})
