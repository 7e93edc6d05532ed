// What a file says of its training.

import { describe, expect, test } from 'vitest'
import { trainedDetail, trainedSize } from '../../src/train/metadata.js'

const stated = (width?: string, height?: string) =>
  new Map([
    ...(width === undefined ? [] : ([['vexel.width', width]] as const)),
    ...(height === undefined ? [] : ([['vexel.height', height]] as const)),
  ])

describe('the detail that was trained on', () => {
  const detailed = (width: string, height: string) =>
    new Map([...stated('320', '213'), ['vexel.detailWidth', width], ['vexel.detailHeight', height]])

  test('is what the file says', () => {
    expect(trainedDetail(detailed('1280', '852'))).toEqual({ width: 1280, height: 852 })
  })

  test('is the size that a file says that knows of one raster only, and none when it says nothing', () => {
    expect(trainedDetail(stated('320', '213'))).toEqual({ width: 320, height: 213 })
    expect(trainedDetail(new Map())).toBeNull()
  })

  test('is refused in one line that names the keys when it is no size', () => {
    expect(() => trainedDetail(detailed('1280', 'high'))).toThrow(
      /^vexel\.detailWidth x vexel\.detailHeight: expected whole numbers from 1 to 4096, got "1280" x "high"$/,
    )
  })
})

describe('the trained size', () => {
  test('is what the file says', () => {
    expect(trainedSize(stated('320', '160'))).toEqual({ width: 320, height: 160 })
    expect(trainedSize(stated('1', '4096'))).toEqual({ width: 1, height: 4096 })
  })

  test('is none when the file says nothing', () => {
    expect(trainedSize(new Map([['vexel.frame', '{}']]))).toBeNull()
  })

  test.each([
    ['0', '160'],
    ['320', '4097'],
    ['320.5', '160'],
    ['-320', '160'],
    ['1e2', '0x10'],
    [' 320', '160'],
    ['', ''],
    ['wide', 'high'],
    ['320', undefined],
    [undefined, '160'],
    ['NaN', 'Infinity'],
    ['320\n\u001b[2J', '9'.repeat(1000)],
  ])('%j x %j is refused in one line', (width, height) => {
    expect(() => trainedSize(stated(width, height))).toThrow(
      /^vexel\.width x vexel\.height: expected whole numbers from 1 to 4096, got [^\p{C}]{1,150}$/u,
    )
  })
})
