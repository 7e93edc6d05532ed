// A file cut down to its first picture: the same pixels, and nothing of the rest.

import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { bareImage } from '../../src/train/bare-image.js'
import type { PixelKind } from '../../src/train/image-kind.js'
import { chunk } from '../cli/png-chunks.js'

const [WIDTH, HEIGHT] = [16, 8]
const picture = (seed: number) =>
  sharp(
    Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => (i * seed) & 255),
    { raw: { width: WIDTH, height: HEIGHT, channels: 3 } },
  )
const levels = async (bytes: Uint8Array) => await sharp(bytes).ensureAlpha().raw().toBuffer()

async function moving(format: 'gif' | 'webp', count: number): Promise<Uint8Array> {
  const frames = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      picture(i + 3)
        .png()
        .toBuffer(),
    ),
  )
  return await sharp(frames, { join: { animated: true } })
    .toFormat(format, { lossless: true })
    .toBuffer()
}

describe.each<[PixelKind, 'gif' | 'webp']>([
  ['GIF', 'gif'],
  ['WebP', 'webp'],
])('a moving %s', (kind, format) => {
  test('is its first picture, and no longer for the others', async () => {
    const [few, many] = [await moving(format, 2), await moving(format, 30)]
    const bare = bareImage(many, kind)
    expect(await sharp(bare, { animated: true }).metadata()).toMatchObject({ width: WIDTH, height: HEIGHT })
    expect(Buffer.compare(await levels(bare), await levels(many))).toBe(0)
    // Whatever else a file may state of its length: what comes after the first picture is gone.
    expect(bare.length).toBeLessThan(few.length)
  })

  test('is not written over', async () => {
    const bytes = await moving(format, 3)
    const before = Buffer.from(bytes)
    bareImage(bytes, kind)
    expect(Buffer.compare(Buffer.from(bytes), before)).toBe(0)
  })

  test('that breaks off in its first picture stays broken', async () => {
    const whole = await moving(format, 2)
    const bytes = whole.subarray(0, Math.floor(0.7 * bareImage(whole, kind).length))
    expect(bareImage(bytes, kind)).toBe(bytes)
    await expect(sharp(bareImage(bytes, kind), { failOn: 'error' }).raw().toBuffer()).rejects.toThrow()
  })
})

describe('a PNG', () => {
  test('loses its texts and nothing else, wherever they stand', async () => {
    const bytes = await picture(5).png().toBuffer()
    const text = Buffer.concat([
      chunk('tEXt', Buffer.from('Comment\0hello')),
      chunk('zTXt', Buffer.concat([Buffer.from('a\0\0'), deflateSync(Buffer.alloc(1000))])),
      chunk('iTXt', Buffer.from('b\0\0\0\0\0hello')),
    ])
    const header = 33
    const end = bytes.length - 12
    const parts = [bytes.subarray(0, header), text, bytes.subarray(header, end), text, bytes.subarray(end)]
    expect(Buffer.compare(Buffer.from(bareImage(Buffer.concat(parts), 'PNG')), bytes)).toBe(0)
  })

  test.each(['png', 'gif', 'webp', 'jpeg'] as const)(
    'or another still picture (%s) stays the same bytes',
    async format => {
      const bytes: Uint8Array = await picture(7).toFormat(format).toBuffer()
      const kind = ({ png: 'PNG', gif: 'GIF', webp: 'WebP', jpeg: 'JPEG' } as const)[format]
      expect(bareImage(bytes, kind)).toBe(bytes)
    },
  )

  test('that breaks off is what is there', async () => {
    const bytes = await picture(5).png().toBuffer()
    for (const length of [8, 20, 33, 50, bytes.length - 5])
      expect(Buffer.from(bareImage(bytes.subarray(0, length), 'PNG'))).toEqual(bytes.subarray(0, length))
  })
})
