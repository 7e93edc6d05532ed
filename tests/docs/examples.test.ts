// The examples of the README and of docs/ that run on Node are run as they stand; in the sample the long ones as small as an example can be.

import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { foldNetwork } from '../../src/model/fold.js'
import { DEFAULT_FRAME, parseFrame } from '../../src/model/frame.js'
import { referenceRows } from '../../src/model/picture.js'
import { levelOf } from '../../src/model/tone.js'
import { wholeFrame } from '../../src/model/view.js'
import { parseWiringText } from '../../src/model/wiring.js'
import { isFull } from '../is-full.js'
import { oracleNetwork } from '../model/network-files.js'
import { examples, README, ROOT } from './pages.js'

const folder = mkdtempSync(join(tmpdir(), 'vexel-docs-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What is said last counts: appended to the examples of a command, these make them small. */
const SMALL: Readonly<Record<string, string>> = {
  render: '--width 64',
  collage: '--width 200 --samples 1',
  compare: '--width 64',
  train: '--width 32 --detail 64 --steps 40 --batch 256',
  movie: '--width 32 --samples 1',
}

/** Each once: the README shows some of them, too. */
const commands = [
  ...new Set(
    examples('sh').flatMap(({ code }) =>
      // What needs a browser of its own only in the full suite.
      code.split('\n').filter(line => line.includes('npx vexel') && (isFull || !line.includes('npx vexel parity'))),
    ),
  ),
]

/** The name of the command of a line. */
const commandOf = (line: string) => /npx vexel (\w+)/.exec(line)?.[1] ?? ''
// A film is drawn of what an example trains.
const isFilmed = (line: string) => line.includes('--frames')
// Whole collections are trained in the full suite alone; the sample has tests of these commands.
const isRun = (line: string) => isFull || !['gallery', 'lab'].includes(commandOf(line))
const inOrder = [...commands.filter(isFilmed), ...commands.filter(line => !isFilmed(line))].filter(isRun)

// Minutes where other processes have the cores, too.
test('every command of the README and of docs/ runs', { timeout: 1_200_000 }, () => {
  expect(commands.length).toBeGreaterThanOrEqual(20)
  expect(new Set(commands.map(commandOf)).size).toBeGreaterThanOrEqual(10)
  for (const command of inOrder) {
    const local = command
      .replace('npx vexel', `"${process.execPath}" "${join(ROOT, 'lib/cli.js')}"`)
      .replace('-o ', `-o ${folder}/`)
      // A film is where an example before has written it.
      .replace(' movie ', ` movie ${folder}/`)
    const run = isFull ? local : `${local} ${SMALL[commandOf(command)] ?? ''}`
    expect(() => execFileSync('sh', ['-c', run], { cwd: ROOT, stdio: 'pipe' }), command).not.toThrow()
  }
})

describe('the scripts', () => {
  const place = join(folder, 'script')
  mkdirSync(join(place, 'node_modules'), { recursive: true })
  symlinkSync(ROOT, join(place, 'node_modules/vexel'))
  for (const name of ['public', 'tests']) symlinkSync(join(ROOT, name), join(place, name))

  /** What a script prints that is run beside the repository's files, where `vexel` is this package. */
  function printed(script: string): string {
    writeFileSync(join(place, 'script.mjs'), script)
    return execFileSync(process.execPath, ['script.mjs'], { cwd: place, encoding: 'utf8' })
  }

  const scripts = examples('js').filter(({ code }) => /from '(node:|vexel)/.test(code) && !code.includes('vexel/gpu'))
  const scriptWith = (word: string) => scripts.find(({ code }) => code.includes(word))?.code ?? ''

  test('are those that are looked at here', () => {
    expect(scripts.length).toBe(4)
  })

  test('the one that evaluates prints the red of the sun', () => {
    const text = printed(scriptWith('the red of the sun'))
    const [red, green, blue] = [...text.matchAll(/-?\d\.\d+(e-?\d+)?/g)].map(([number]) => Number(number))
    expect(red).toBeGreaterThan(0.6)
    expect(Math.max(green, blue)).toBeLessThan(0.3)
  })

  test.each(['referenceRows', ...(isFull ? ['vexel/solve'] : [])])(
    'the one with %s prints what its comment says',
    word => {
      const script = scriptWith(word)
      const said = /console\.log\(.*\/\/ (.*)/.exec(script)?.[1]
      expect(printed(script).trim()).toBe(said)
    },
  )

  test('the one that trains learns something of its disc, and writes it', () => {
    expect(Number.parseFloat(printed(scriptWith('vexel/train')))).toBeGreaterThan(12)
    expect(readFileSync(join(folder, 'script/disc.safetensors')).length).toBeGreaterThan(20_000)
  })
})

describe('the Python of the mystery file', () => {
  const python = examples('python').map(({ code }) => code)
  const machine = isFull
    ? ['python3', '/usr/bin/python3'].find(path => spawnSync(path, ['-c', 'import torch']).status === 0)
    : undefined
  if (isFull && !machine) console.log('examples.test.ts: skipped, there is no python3 with torch')

  test.runIf(machine)('draws the flag at the second try', () => {
    const place = join(folder, 'python')
    mkdirSync(join(place, 'safetensors'), { recursive: true })
    cpSync(join(ROOT, 'tests/oracle/malaysia.safetensors'), join(place, 'mystery.safetensors'))
    // What safetensors.torch does, for machines that have not got it.
    writeFileSync(
      join(place, 'safetensors/torch.py'),
      `import json, struct, torch
def load_file(path):
    data = open(path, "rb").read()
    end = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:end])
    types = {"F32": torch.float32, "F16": torch.float16, "I64": torch.int64}
    read = lambda t: torch.frombuffer(bytearray(data[end + t["data_offsets"][0] : end + t["data_offsets"][1]]), dtype=types[t["dtype"]])
    return {name: read(t).reshape(t["shape"]) for name, t in header.items() if name != "__metadata__"}
`,
    )
    writeFileSync(join(place, 'safetensors/__init__.py'), '')
    writeFileSync(join(place, 'mystery.py'), python.join('\n'))
    execFileSync(machine as string, ['mystery.py'], { cwd: place, stdio: 'pipe' })
    const pixels = readFileSync(join(place, 'second-try.ppm')).subarray('P6 96 64 255\n'.length)
    expect(pixels.length).toBe(96 * 64 * 3)
    const view = { view: wholeFrame(DEFAULT_FRAME), width: 96, height: 64, samples: 1 } as const
    const reference = referenceRows(
      { folded: foldNetwork(oracleNetwork('malaysia')), frame: DEFAULT_FRAME, ...view },
      0,
      64,
    )
    const furthest = reference.reduce((most, value, i) => Math.max(most, Math.abs(levelOf(value) - pixels[i])), 0)
    expect(furthest).toBeLessThanOrEqual(1)
  })
})

test.runIf(isFull)('the commands for clusters do their part', () => {
  const place = join(folder, 'cluster')
  mkdirSync(join(place, 'flags'), { recursive: true })
  cpSync(join(ROOT, 'docs/malaysia.png'), join(place, 'flags/my.png'))
  const [yaml] = examples('yaml').map(({ code }) => code)
  const [slurm, parallel] = examples('bash')[0].code.trim().split('\n')
  const commands = [
    /--wrap '(.*)'$/.exec(slurm)?.[1],
    parallel.replace('{}', '16').replace(/^seq 16 \| parallel /, ''),
    /\[sh, -c, '(.*)'\]/.exec(yaml)?.[1],
  ]
  for (const command of commands) {
    expect(command).toMatch(/^npx vexel gallery /)
    const local = command?.replace('npx vexel', `"${process.execPath}" "${join(ROOT, 'lib/cli.js')}"`)
    // The last of sixteen parts of one flag: there is nothing to train in it.
    const env = { ...process.env, SLURM_ARRAY_TASK_ID: '16', JOB_COMPLETION_INDEX: '15' }
    expect(() => execFileSync('sh', ['-c', local ?? ''], { cwd: place, env, stdio: 'pipe' }), command).not.toThrow()
  }
  expect(readdirSync(join(place, 'wall')).some(name => name.endsWith('.json'))).toBe(true)
})

test('the JSON is a frame and an architecture that vexel takes', () => {
  const [frame, architecture, ...others] = examples('json').map(({ code }) => code)
  expect(others).toEqual([])
  expect(parseFrame(JSON.parse(frame))).toEqual(JSON.parse(frame))
  expect(parseWiringText(architecture)).toBeTruthy()
})

test('the README is short', () => {
  expect(README.text.split('\n').length).toBeLessThanOrEqual(200)
})

test('the two commands of the README are the ones that CI runs', () => {
  expect(README.text).toContain('npm ci && npm start')
  expect(README.text).toContain('npm ci && npm test')
  expect(readFileSync(join(ROOT, '.ci/run'), 'utf8')).toMatch(/^npm ci && npm test$/m)
})
