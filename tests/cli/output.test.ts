// What is written goes where it was meant to go, whole, and never over what is read.

import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { removeLeftovers, writeWhole } from '../../src/cli/files/output.js'
import { oracleBytes } from '../model/network-files.js'
import { expectRefused as refused, runVexel, spawnVexel } from './run-vexel.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vexel-output-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const at = (name: string) => join(folder, name)
const text = (path: string) => readFileSync(path, 'utf8')
const bytes = new TextEncoder().encode('new')
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

describe('a file that is written', () => {
  test('through a link lands where that leads, and the link stays one', async () => {
    mkdirSync(at('elsewhere'))
    writeFileSync(at('elsewhere/real'), 'old')
    symlinkSync(at('elsewhere/real'), at('link'))
    await writeWhole(at('link'), bytes)
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true)
    expect(text(at('elsewhere/real'))).toBe('new')
    expect(readdirSync(at('elsewhere'))).toEqual(['real'])
  })

  test('keeps the permissions of the one before', async () => {
    writeFileSync(at('script'), 'old')
    chmodSync(at('script'), 0o754)
    await writeWhole(at('script'), bytes)
    expect([text(at('script')), statSync(at('script')).mode & 0o777]).toEqual(['new', 0o754])
  })

  test.each([242, 243, 250, 255])('may have a name of %i bytes', async length => {
    const name = `${'ü'.repeat(20)}${'n'.repeat(length - 40)}`
    await writeWhole(at(name), bytes)
    expect(readdirSync(folder)).toEqual([name])
    expect(text(at(name))).toBe('new')
  })

  test.each([20, 255])(
    'leaves what a killed process left of it, its name %i bytes long, until it is written again',
    async length => {
      const name = 'n'.repeat(length)
      const broken = (async function* () {
        yield bytes
        throw new Error('killed')
      })()
      await expect(writeWhole(at(name), broken)).rejects.toThrow('killed')
      expect(readdirSync(folder)).toEqual([])
      // A kill removes nothing: the same name, as it would lie there.
      let temporary = ''
      const watched = (async function* () {
        temporary = readdirSync(folder)[0]
        yield bytes
      })()
      await writeWhole(at(name), watched)
      writeFileSync(at(temporary), 'half of it')
      writeFileSync(at('notes.0123abcd.tmp'), 'of somebody else')
      await removeLeftovers(at(name))
      expect(readdirSync(folder).sort()).toEqual([name, 'notes.0123abcd.tmp'].sort())
    },
  )
})

describe('an output that is an input is refused, and the input stays:', () => {
  const run = (args: string[], line: RegExp) => refused(args, 2, line, { cwd: folder })
  beforeEach(() => {
    writeFileSync(at('a.png'), oracleBytes('japan'))
    writeFileSync(at('p.png'), PIXEL)
  })

  test.each([
    ['render', ['render', 'a.png', '-o', 'a.png']],
    ['render by another spelling', ['render', 'a.png', '-o', './sub/../a.png']],
    ['render by a link', ['render', 'a.png', '-o', 'soft.png']],
    ['render by a hard link', ['render', 'a.png', '-o', 'hard.png']],
    ['train', ['train', 'p.png', '-o', 'p.png', '--steps', '1']],
    ['the film of a training', ['train', 'q.film', '-o', 'q', '--steps', '1']],
    ['collage', ['collage', 'a.png', '-o', 'a.png']],
    ['collage, through a manifest', ['collage', 'flags.json', '-o', 'a.png']],
    ['compare --diff, the net', ['compare', 'a.png', 'p.png', '--diff', 'a.png']],
    ['compare --diff, the image', ['compare', 'a.png', 'p.png', '--diff', 'p.png']],
    ['movie', ['movie', 'film.gif', '-o', 'film.gif']],
  ])('%s', async (_, args) => {
    mkdirSync(at('sub'))
    symlinkSync('a.png', at('soft.png'))
    linkSync(at('a.png'), at('hard.png'))
    writeFileSync(at('q.film'), PIXEL)
    writeFileSync(at('film.gif'), oracleBytes('japan'))
    writeFileSync(at('flags.json'), JSON.stringify({ flags: [{ code: 'a', name: 'A', file: 'a.png' }] }))
    const before = readdirSync(folder)
    await run(args, /: is the input.*, which would be lost; name another file to write$/m)
    expect(readdirSync(folder)).toEqual(before)
    expect(Buffer.compare(readFileSync(at('a.png')), oracleBytes('japan'))).toBe(0)
    expect(Buffer.compare(readFileSync(at('p.png')), PIXEL)).toBe(0)
  })

  test.each([
    ['render', ['render', 'a.png', '-o', 'out.jpg']],
    ['collage', ['collage', 'a.png', '-o', 'out.safetensors']],
    ['compare', ['compare', 'a.png', 'p.png', '--diff', 'out.webp']],
  ])('%s writes no PNG under another ending', async (_, args) => {
    await run(args, /: only PNG is written; name it \.png$/m)
  })
})

test.runIf(process.platform === 'linux')('a full disk behind stdout is one line', async () => {
  writeFileSync(at('a.safetensors'), oracleBytes('japan'))
  const disk = { cwd: folder, stdoutPath: '/dev/full' }
  const line = /^vexel: stdout: cannot be written \(ENOSPC\)$/m
  await refused(['info', 'a.safetensors'], 3, line, disk, spawnVexel)
  await refused(
    ['render', 'a.safetensors', '-o', '-', '--width', '8', '--samples', '1', '--aspect', '3:2'],
    3,
    line,
    disk,
    spawnVexel,
  )
})

describe('a manifest', () => {
  const manifest = (file: string) => {
    mkdirSync(at('wall'))
    writeFileSync(at('secret.txt'), 'the first line of a secret')
    symlinkSync(at('secret.txt'), at('wall/inside.safetensors'))
    writeFileSync(at('wall/good.safetensors'), oracleBytes('japan'))
    const flags = [{ code: 'a', name: 'A', file }]
    writeFileSync(at('wall/flags.json'), JSON.stringify({ flags }))
  }

  test.each(['../secret.txt', '/etc/passwd', '/dev/zero', 'inside.safetensors', 'sub/../../secret.txt'])(
    'cannot have %s read',
    async file => {
      manifest(file)
      const { code, stderr } = await runVexel(['collage', 'wall', '-o', 'out.png'], { cwd: folder })
      expect(code).toBe(1)
      expect(stderr).not.toMatch(/secret of|first line|root:/)
      expect(stderr).toMatch(/a manifest lists files of its own folder only|flags\[0\]/)
    },
  )

  test('lists files of its folder, those of folders in it, and what is not there is told', async () => {
    manifest('good.safetensors')
    const { code } = await runVexel(['collage', 'wall', '-o', 'out.png', '--width', '40'], { cwd: folder })
    expect(code).toBe(0)
    writeFileSync(at('wall/flags.json'), JSON.stringify({ flags: [{ code: 'a', name: 'A', file: 'no.safetensors' }] }))
    const missing = await runVexel(['collage', 'wall', '-o', 'out.png'], { cwd: folder })
    expect(missing.stderr).toMatch(/no\.safetensors: no such file/)
  })
})
