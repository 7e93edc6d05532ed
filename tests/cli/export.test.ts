// vexel export as a person calls it: which text is written where, what is said of it, and what is refused.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { smallFilm } from '../film/film-fixture.js'
import { oraclePath } from '../model/network-files.js'
import { expectRefused, runVexel } from './run-vexel.js'

const japan = fileURLToPath(oraclePath('japan.safetensors'))

const folder = mkdtempSync(join(tmpdir(), 'vexel-export-'))
afterAll(() => rmSync(folder, { recursive: true }))

const vexel = (...args: string[]) => runVexel(['export', ...args], { cwd: folder })

test('writes the text for the host that is named, and says its size', async () => {
  const { code, text, stderr } = await vexel(japan, '-o', 'toy.txt', '--for', 'shadertoy', '--title', 'The sun')
  expect({ code, text }).toEqual({ code: 0, text: '' })
  const written = readFileSync(join(folder, 'toy.txt'), 'utf8')
  expect(written).toMatch(/^\/\/ The sun: /)
  expect(written).toContain('void mainImage(')
  const size = Buffer.byteLength(written).toLocaleString('en')
  expect(stderr).toMatch(new RegExp(`^toy\\.txt: shadertoy, ${size} bytes, [\\d,]+ gzipped, \\d digits a constant\\n$`))
})

test.each([
  ['flag.frag', 'void main()'],
  ['flag.js', 'export function createFlagMaterial()'],
  ['flag.py', 'import numpy as np'],
  ['flag.wgsl', '@fragment'],
  ['flag.onnx', 'dense_head'],
  ['flag.html', '<!doctype html>'],
])('writes into %s what its ending says', async (out, line) => {
  expect((await vexel(japan, '-o', out)).code).toBe(0)
  expect(readFileSync(join(folder, out), 'utf8')).toContain(line)
})

test('writes to stdout what it writes into a file, and JSON as it is asked for', async () => {
  const args = ['--for', 'glsl', '--digits', '4'] as const
  const streamed = await vexel(japan, '-o', '-', ...args)
  const { code, text } = await vexel(japan, '-o', 'same.txt', ...args, '--json')
  expect(streamed.text).toBe(readFileSync(join(folder, 'same.txt'), 'utf8'))
  expect(code).toBe(0)
  expect(JSON.parse(text)).toMatchObject({
    file: 'same.txt',
    for: 'glsl',
    sizeBytes: streamed.stdout.length,
    digits: 4,
  })
})

test('a page plays the film of its training, and what that adds is told before', async () => {
  writeFileSync(join(folder, 'learned.film.safetensors'), await smallFilm({ steps: 20, frames: 3 }))
  const { code, stderr } = await vexel('learned.film.safetensors', '-o', 'learned.html', '--film')
  expect(code).toBe(0)
  expect(stderr).toMatch(/^the film adds [\d,]+ bytes, [\d,]+ gzipped: 3 snapshots\nlearned\.html: html, /m)
  const text = readFileSync(join(folder, 'learned.html'), 'utf8')
  expect(text).toContain('<title>learned</title>')
  expect(text).toContain('id="film-bar"')
})

test('a title that would end the comment it stands in stays within it', async () => {
  const { text } = await vexel(japan, '-o', '-', '--for', 'glsl', '--title', 'a\n#error b \\')
  expect(text).toContain('\n// a #error b  : a picture')
})

describe('is refused in one line, and what is there stays:', () => {
  const refused = async (args: readonly string[], code: number, line: RegExp) => {
    writeFileSync(join(folder, 'kept.js'), 'kept')
    await expectRefused(['export', ...args], code, line, { cwd: folder })
    expect(readFileSync(join(folder, 'kept.js'), 'utf8')).toBe('kept')
  }

  test('a host that there is not', () =>
    refused([japan, '-o', 'kept.js', '--for', 'word'], 2, /--for word: .*shadertoy/))
  test('an ending that says nothing', () => refused([japan, '-o', 'x.txt'], 2, /x\.txt: say what it is for/))
  test('digits out of range', () => refused([japan, '-o', 'kept.js', '--digits', '1'], 2, /--digits 1: .*2 to 9/))
  test('digits of what is not written in digits', () =>
    refused([japan, '-o', 'kept.onnx', '--digits', '4'], 2, /--digits: onnx holds the weights as they are/))
  test('an opset that there is not', () => refused([japan, '-o', 'x.onnx', '--opset', '7'], 2, /--opset 7: .*13, 20/))
  test('a film where it cannot play', () => refused([japan, '-o', 'kept.js', '--film'], 2, /only a page/))
  test('a film that is none', () => refused([japan, '-o', 'x.html', '--film'], 2, /is no film/))
  test('JSON and the text on one stream', () => refused([japan, '-o', '-', '--for', 'glsl', '--json'], 2, /--json/))

  test('a file that is no network', async () => {
    writeFileSync(join(folder, 'broken.safetensors'), 'broken')
    await refused(['broken.safetensors', '-o', 'kept.js'], 1, /^vexel: broken\.safetensors: /)
  })

  test('the input as the output', async () => {
    const bytes = readFileSync(japan)
    writeFileSync(join(folder, 'own.safetensors'), bytes)
    await refused(['own.safetensors', '-o', 'own.safetensors', '--for', 'glsl'], 2, /is the input/)
    expect(readFileSync(join(folder, 'own.safetensors'))).toEqual(bytes)
  })

  test('a folder that is not there', async () => {
    await refused([japan, '-o', 'nowhere/flag.js'], 3, /nowhere\/flag\.js: cannot be written/)
    expect(existsSync(join(folder, 'nowhere'))).toBe(false)
  })
})
