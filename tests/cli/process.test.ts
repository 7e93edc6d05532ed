// The command line in a process of its own, as people call it: what it prints and its exit code are those of the function that
// the other tests call, command by command. What only a process has (signals, pipes, limits) stands with the command.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { oracleBytes, oraclePath } from '../model/network-files.js'
import { type Outcome, runVexel, spawnVexel } from './run-vexel.js'

const folder = mkdtempSync(join(tmpdir(), 'vexel-process-'))
afterAll(() => rmSync(folder, { recursive: true }))

writeFileSync(join(folder, 'net.safetensors'), oracleBytes('japan'))
writeFileSync(join(folder, 'net.png'), readFileSync(oraclePath('japan.source.png')))
writeFileSync(join(folder, 'bad'), 'neither a net nor a picture')

interface Call {
  readonly args: readonly string[]
  readonly stdin?: string
}

/** Both ways to make a call; holds that they come to the same. */
async function outcomeOf({ args, stdin = '' }: Call): Promise<Outcome> {
  const [spawned, called] = [
    await spawnVexel(args, { cwd: folder, stdin }),
    await runVexel(args, { cwd: folder, stdin }),
  ]
  expect({ code: spawned.code, stderr: spawned.stderr }).toEqual({ code: called.code, stderr: called.stderr })
  expect(spawned.stdout.equals(called.stdout), 'what is printed').toBe(true)
  return spawned
}

const small = ['--aspect', '3:2', '--width', '24', '--samples', '4', '-o', '-']
const answered: readonly Call[] = [
  { args: ['--version'] },
  { args: ['info', 'net.safetensors', '--json'] },
  { args: ['sample', 'net.safetensors', '--points', '-'], stdin: '[[0, 0]]' },
  { args: ['render', 'net.safetensors', ...small] },
  { args: ['collage', 'net.safetensors', 'net.safetensors', '--labels', ...small] },
  { args: ['compare', 'net.safetensors', 'net.png', '--width', '24', '--json'] },
]

test.each(answered.map(call => [call.args[0], call] as const))(
  'vexel %s prints its result and ends with 0',
  async (_, call) => {
    const { code, stdout, stderr } = await outcomeOf(call)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.length).toBeGreaterThan(3)
  },
)

const refused: readonly (readonly string[])[] = [
  ['info', 'bad'],
  ['sample', 'bad', '--points', '-'],
  ['render', 'bad', '-o', 'x.png'],
  ['collage', 'bad', '-o', 'x.png'],
  ['movie', 'bad', '-o', 'x.gif'],
  ['compare', 'net.safetensors', 'bad'],
  ['parity', 'bad'],
  ['solve', 'bad'],
  ['train', 'bad', '-o', 'x.safetensors'],
  ['gallery', 'bad', '-o', 'x'],
]

test.each(refused.map(args => [args[0], args] as const))(
  'vexel %s ends with 1 at a bad file, in one line',
  async (_, args) => {
    const { code, text, stderr } = await outcomeOf({ args })
    expect({ code, text }).toEqual({ code: 1, text: '' })
    expect(stderr).toMatch(/^vexel: [^\n]*bad: [^\n]+\n$/)
  },
)

test('a wrong call ends with 2', async () => {
  expect((await outcomeOf({ args: ['render', 'net.safetensors', '--width', '0', '-o', 'x.png'] })).code).toBe(2)
  expect((await outcomeOf({ args: ['inform'] })).code).toBe(2)
})

test('what the machine lacks ends with 3', async () => {
  expect((await outcomeOf({ args: ['render', 'net.safetensors', ...small, '-o', 'no/such/x.png'] })).code).toBe(3)
})
