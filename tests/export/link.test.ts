// Networks in an address: what comes out is what went in, at a stated price; what a stranger wrote is refused in one line.

import { deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { encodeBase64Url } from '../../src/export/packed/base64url.js'
import { compactFile, type CompactPrecision } from '../../src/export/packed/compact.js'
import { LINK_LIMITS, linkReach, readNet, spellFile, TITLE_KEY } from '../../src/export/packed/link.js'
import { packFile, unpackFile } from '../../src/export/packed/packed-file.js'
import { isDense } from '../../src/model/architecture.js'
import { foldNetwork } from '../../src/model/fold.js'
import { createNetwork } from '../../src/model/network.js'
import { StateDict } from '../../src/model/state-dict.js'
import { readFrame } from '../../src/model/summary.js'
import { psnrOf } from '../../src/train/metrics.js'
import { drawNetwork } from '../../src/train/network-picture.js'
import { isFull } from '../is-full.js'
import { oracleBytes } from '../model/network-files.js'
import { givenNet, type GivenNet, NET_NAMES } from './five-nets.js'
import { GIVEN_FAMILIES, givenFamily } from './given-families.js'

const NETS = isFull ? NET_NAMES : (['sharp', 'otherwise built'] as const)

const spelled = ({ subject }: GivenNet, precision: CompactPrecision) =>
  spellFile(compactFile(subject.network, subject, precision))

async function carried(net: GivenNet, precision: CompactPrecision): Promise<StateDict> {
  return StateDict.parse(await readNet(await spelled(net, precision)))
}

/** How far the picture that a link carries is from the net's own, dB. */
function distance({ subject }: GivenNet, stateDict: StateDict): number {
  const size = { width: 96, height: 64 }
  const draw = (folded: GivenNet['subject']['folded']) => drawNetwork(folded, subject.frame, size)
  return psnrOf(draw(foldNetwork(createNetwork(stateDict))), draw(subject.folded))
}

describe.each(NETS)('a net that is %s', name => {
  const net = givenNet(name)

  test('comes out as it went in: every value, the frame, the title', async () => {
    const stateDict = await carried(net, 'exact')
    const { network } = net.subject
    expect(createNetwork(stateDict).layers).toEqual(network.layers)
    expect(readFrame(stateDict)).toMatchObject({ frame: net.subject.frame, isStated: true })
    expect(stateDict.metadata.get(TITLE_KEY)).toBe(name)
  })

  test('comes out as a file of PyTorch with fewer bits, its picture nearly the same', async () => {
    const texts = await Promise.all((['half', 'byte'] as const).map(async precision => await spelled(net, precision)))
    const [half, byte] = await Promise.all(texts.map(async text => StateDict.parse(await readNet(text))))
    expect(half.entry('dense1.weight').dtype).toBe('F16')
    expect(byte.names).toEqual(expect.not.arrayContaining([expect.stringContaining('scale')]))
    expect(distance(net, half)).toBeGreaterThan(40)
    expect(distance(net, byte)).toBeGreaterThan(20)
    // A MysteryNet is some 17,000 characters, with 8 bits 12,000.
    expect(texts[0].length).toBeLessThan(17_700)
    expect(texts[1].length).toBeLessThan(12_500)
  })
})

describe.each(GIVEN_FAMILIES)('a net of the family %s', name => {
  const net = givenFamily(name)

  test('comes out as it went in, with what stands between its layers', async () => {
    const stateDict = await carried(net, 'exact')
    const came = createNetwork(stateDict)
    const { network } = net.subject
    // One that is built as MysteryNet is has its names then, which say it.
    const isKnown = isDense(network.architecture)
    const valuesOf = ({ layers }: typeof network) => (isKnown ? layers.map(layer => ({ ...layer, name: '' })) : layers)
    expect(valuesOf(came)).toEqual(valuesOf(network))
    expect(came.wiring).toEqual(isKnown ? undefined : network.wiring)
    expect(readFrame(stateDict)).toMatchObject({ frame: net.subject.frame, isStated: true })
  })

  test('keeps its picture with fewer bits', async () => {
    expect(distance(net, await carried(net, 'half'))).toBeGreaterThan(40)
    expect(distance(net, await carried(net, 'byte'))).toBeGreaterThan(25)
  })
})

test('any .safetensors file is packed and comes back byte for byte', async () => {
  const bytes = oracleBytes('nepal')
  const packed = await packFile(bytes)
  expect(packed.length).toBeLessThan(0.87 * bytes.length)
  expect(Buffer.compare(await unpackFile(packed, bytes.length), bytes)).toBe(0)
})

test('where a link is too long is told by name', () => {
  expect(linkReach(17_000)).toMatch(/fits mail, .*WhatsApp.*too long for .*Discord \(2,000\) and Telegram \(4,096\)/)
  expect(linkReach(1000)).toBe('It fits everywhere.')
  expect(LINK_LIMITS.map(({ letters }) => letters)).toEqual(
    LINK_LIMITS.map(({ letters }) => letters).toSorted((a, b) => a - b),
  )
})

describe('is refused in one line:', () => {
  const packedWith = (version: number, high: Uint8Array, low: Uint8Array) => {
    const packed = new Uint8Array(5 + high.length + low.length)
    packed[0] = version
    new DataView(packed.buffer).setUint32(1, high.length, true)
    packed.set(high, 5)
    packed.set(low, 5 + high.length)
    return encodeBase64Url(packed)
  }
  const bomb = deflateSync(new Uint8Array(2 ** 24))
  const empty = deflateSync(new Uint8Array(0))
  const good = spelled(givenNet('otherwise built'), 'exact')

  test.each<[what: string, text: () => Promise<string> | string, line: RegExp]>([
    ['what is no base64url', () => 'AB%CD', /expected letters, digits, - and _, got "%" at 3/],
    ['a letter too few', () => 'AAAAA', /last letter is missing/],
    ['nothing', () => '', /nothing in it/],
    ['another way of packing', () => packedWith(9, empty, empty), /does not know: expected 1, got 9/],
    ['a length beyond its end', () => encodeBase64Url(Uint8Array.of(1, 255, 255, 255, 255, 0)), /cut short/],
    ['a link that was cut', async () => (await good).slice(0, -400), /missing or was changed|cut short/],
    [
      'a link with other letters in it',
      async () => `${(await good).slice(0, 900)}____${(await good).slice(904)}`,
      /missing or was changed/,
    ],
    ['a bomb', () => packedWith(1, bomb, empty), /unpacks to more than 4,194,304 bytes/],
    [
      'two halves of a bomb',
      () => packedWith(1, deflateSync(new Uint8Array(2 ** 22)), bomb),
      /unpacks to more than 0 bytes/,
    ],
    ['what is no file', () => packedWith(1, deflateSync(Buffer.from('hello, world')), empty), /safetensors/],
  ])('%s', async (_, text, line) => {
    const refusal = await readNet(await text()).then(
      bytes => createNetwork(StateDict.parse(bytes)),
      (error: Error) => error,
    )
    expect(refusal).toBeInstanceOf(Error)
    expect((refusal as Error).name).toBe('FormatError')
    expect((refusal as Error).message).toMatch(line)
    expect((refusal as Error).message).not.toContain('\n')
  })
})
