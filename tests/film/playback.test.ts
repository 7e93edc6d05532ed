// The clock of a film, and what its track says, without a page.

import { beforeAll, describe, expect, test } from 'vitest'
import { FILM_MS, HOLD_MS, Playback } from '../../src/film/playback.js'
import { DEFAULT_SAVE, planSave, type Scene } from '../../src/app/film/save-plan.js'
import { createTrack, momentAt, TRACK } from '../../src/app/film/track.js'
import { Film } from '../../src/film/film.js'
import { DEFAULT_FRAME } from '../../src/model/frame.js'
import { samplingOf } from '../../src/model/view.js'
import { cameraFromView, itemSampling } from '../../src/world/item.js'
import { layoutSingle } from '../../src/world/layout.js'
import { smallFilm, withMetadata } from '../film/film-fixture.js'

describe('a film that plays', () => {
  test('stands where the time says, however many frames were late, and ends at its end', () => {
    const playback = new Playback()
    playback.play(1000)
    expect(playback.advance(1000 + FILM_MS / 4)).toBeCloseTo(0.25, 12)
    expect(playback.advance(1000 + FILM_MS / 2)).toBeCloseTo(0.5, 12)
    expect(playback.advance(1000 + 3 * FILM_MS)).toBe(1)
    expect(playback.isPlaying).toBe(false)
    playback.play(50_000)
    expect(playback.position).toBe(0)
  })

  test('holds while it is paused, and a change of speed moves nothing', () => {
    const playback = new Playback()
    playback.play(0)
    playback.setSpeed(2, FILM_MS / 4)
    expect(playback.position).toBeCloseTo(0.25, 12)
    expect(playback.advance(FILM_MS / 2)).toBeCloseTo(0.75, 12)
    playback.pause(FILM_MS / 2)
    expect(playback.advance(10 * FILM_MS)).toBeCloseTo(0.75, 12)
    playback.play(20 * FILM_MS)
    expect(playback.advance(20 * FILM_MS + FILM_MS / 16)).toBeCloseTo(0.875, 12)
  })

  test('looped stays a while at its end, then begins anew', () => {
    const playback = new Playback()
    playback.isLooping = true
    playback.play(0)
    expect(playback.advance(FILM_MS + HOLD_MS / 2)).toBe(1)
    expect(playback.isPlaying).toBe(true)
    expect(playback.advance(FILM_MS + HOLD_MS + FILM_MS / 2)).toBeCloseTo(0.5, 12)
  })

  test('goes on from where it is put', () => {
    const playback = new Playback()
    playback.play(0)
    playback.seek(0.5, 100)
    expect(playback.advance(100 + FILM_MS / 4)).toBeCloseTo(0.75, 12)
    playback.seek(-3, 0)
    expect(playback.position).toBe(0)
  })
})

describe('the track', () => {
  let film: Film
  let bytes: Uint8Array

  beforeAll(async () => {
    bytes = await smallFilm({ steps: 200, frames: 7 })
    film = Film.parse(bytes)
  })

  test('draws the curve from one end to the other, inside its box', () => {
    const { line, ticks } = createTrack(film)
    const points = [...(line ?? '').matchAll(/(\d+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)])
    expect(points[0][0]).toBe(0)
    expect(points.at(-1)?.[0]).toBe(TRACK.width)
    for (const [i, [x, y]] of points.entries()) {
      expect(y).toBeGreaterThanOrEqual(0)
      expect(y).toBeLessThanOrEqual(TRACK.height)
      if (i > 0) expect(x).toBeGreaterThanOrEqual(points[i - 1][0])
    }
    for (const { step, position } of ticks) expect(position).toBe(film.positionOf(step))
  })

  test('knows loss and PSNR at the points of the curve, and between them what lies between', () => {
    for (const { step, loss, psnr, psnrDetail } of film.curve) {
      const moment = momentAt(film, film.positionOf(step))
      expect(moment.step).toBe(step)
      expect(moment.psnr).toBeCloseTo(psnr, 6)
      expect(moment.psnrDetail).toBeCloseTo(psnrDetail!, 6)
      expect(moment.loss).toBeCloseTo(loss, 6)
    }
    const [a, b] = [film.curve[0], film.curve[1]]
    const { psnr } = momentAt(film, (film.positionOf(a.step) + film.positionOf(b.step)) / 2)
    expect(psnr).toBeCloseTo((a.psnr + b.psnr) / 2, 6)
  })

  test('of a film without a curve is plain, and of one with a loss of nothing, too', () => {
    const without = Film.parse(withMetadata(bytes, { 'vexel.curve': null }))
    expect(createTrack(without).line).toBeNull()
    expect(momentAt(without, 0.5)).toMatchObject({ psnr: null, psnrDetail: null, loss: null })
    const zero = Film.parse(withMetadata(bytes, { 'vexel.curve': '[[1,0,20],[50,0,null]]' }))
    expect(createTrack(zero).line).toBeNull()
    // A film from before there were two measures.
    expect(momentAt(zero, 1)).toMatchObject({ psnr: Number.POSITIVE_INFINITY, psnrDetail: null })
  })
})

describe('what is saved of a view', () => {
  const frame = { ...DEFAULT_FRAME, y: [1, -1] as const, aspect: 1.5 }
  const item = layoutSingle(1, frame)
  const viewport = { width: 800, height: 300 }
  const view = { x: 0.3, y: -0.1, zoom: 1234.5 }
  const scene: Scene = { frame, shown: { item, view, viewport, camera: cameraFromView(item, view, viewport) } }

  test('is what the viewport sees, to the last digit', () => {
    const { spec } = planSave({ ...DEFAULT_SAVE, width: 400 }, scene, 'my')
    expect([spec.width, spec.height]).toEqual([400, 150])
    const seen = itemSampling(item, cameraFromView(item, view, viewport))
    const saved = samplingOf(spec.frame, spec.view, spec.width, spec.height)
    expect(saved.x).toBeCloseTo(seen.x, 14)
    expect(saved.y).toBeCloseTo(seen.y, 14)
    expect(saved.stepX / (2 * seen.stepX)).toBeCloseTo(1, 9)
    expect(saved.stepY / (2 * seen.stepY)).toBeCloseTo(1, 9)
  })

  test('has even sizes as a video, and refuses what no page can hold', () => {
    const { spec } = planSave({ ...DEFAULT_SAVE, format: 'mp4', picture: 'whole', width: 99 }, scene, 'my')
    expect([spec.width, spec.height]).toEqual([100, 66])
    for (const [wrong, line] of [
      [{ width: 0 }, /width: expected a whole number/],
      [{ width: 2.5 }, /width: expected a whole number/],
      [{ fps: 60 }, /GIF has at most 50/],
      [{ seconds: -1 }, /expected a length and a rate above 0/],
      [{ format: 'png', width: 4000, seconds: 100 }, /more than a page can hold/],
      [{ format: 'avi' as 'gif' }, /format: expected one of/],
    ] as const)
      expect(() => planSave({ ...DEFAULT_SAVE, ...wrong }, scene, 'my')).toThrow(line)
  })
})
