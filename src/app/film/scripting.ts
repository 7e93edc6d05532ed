// window.vexel.film: the film of what is open, for consoles, lessons and end-to-end tests.

import { FormatError, UnsupportedError } from '../../model/errors.js'
import type { Rect } from '../../world/camera.js'
import type { Page } from '../page.js'
import { boxOf } from '../places/box.js'
import type { FilmFeature } from './feature.js'
import type { SaveOptions } from './save-plan.js'
import type { FilmSession } from './session.js'

/** `window.vexel.film`. */
export interface FilmScripting {
  /** Whether what is open has a film. */
  readonly isOffered: boolean
  readonly isOpen: boolean
  /** Opens it, paused at its end; rejects with one line, and what was open stays. */
  open(): Promise<void>
  /** Shows the finished flag again. */
  close(): Promise<void>
  /** Film time from 0 to 1, even in log(1 + step). Set it to show that moment; what plays goes on from there. */
  get position(): number
  set position(position: number)
  /** Steps of the snapshots, and where they stand. */
  readonly steps: readonly number[]
  readonly positions: readonly number[]
  /** The step of the position, not rounded to a snapshot; PSNRs in dB, null where the film has no curve, or not this one. */
  readonly step: number
  readonly psnr: number | null
  readonly psnrDetail: number | null
  readonly isPlaying: boolean
  /** Plays on from where it is. */
  play(): Promise<void>
  /** Stops it where it is. */
  pause(): void
  /** Whether it plays again and again. */
  loop: boolean
  /** 1 is eight seconds for the whole film. */
  speed: number
  /** Whether the snapshots are seen side by side. */
  get strip(): boolean
  /** Where they are seen then, CSS pixels from the top left corner of the picture, and where each stands in film time. */
  readonly places: readonly { readonly name: string; readonly position: number; readonly box: Rect }[]
  /** Shows them so, or flies back into the flag; resolves when that is open. */
  showStrip(isShown?: boolean): Promise<void>
  /** Draws and encodes it, frame-exact; what is not said is as in the dialog. Rejects with one line. */
  save(options?: Partial<SaveOptions>): Promise<File>
}

export function filmScripting(page: Page, feature: FilmFeature): FilmScripting {
  const session = (): FilmSession => {
    if (!feature.session) throw new UnsupportedError('no film is open')
    return feature.session
  }
  return {
    get isOffered() {
      return feature.isOffered
    },
    get isOpen() {
      return feature.session !== null
    },
    open: async () => {
      await feature.open()
    },
    close: async () => {
      await feature.session?.close()
    },
    get position() {
      return session().position
    },
    set position(position) {
      if (!(position >= 0 && position <= 1)) throw new FormatError('position: expected a number from 0 to 1')
      session().seek(position)
    },
    get steps() {
      return session().film.steps
    },
    get positions() {
      return session().film.positions
    },
    get step() {
      return session().moment.step
    },
    get psnr() {
      return session().moment.psnr
    },
    get psnrDetail() {
      return session().moment.psnrDetail
    },
    get isPlaying() {
      return session().isPlaying
    },
    play: () => session().play(),
    pause: () => session().pause(),
    get loop() {
      return session().isLooping
    },
    set loop(isLooping) {
      session().isLooping = isLooping
    },
    get speed() {
      return session().speed
    },
    set speed(speed) {
      if (!(speed > 0 && speed <= 100)) throw new FormatError('speed: expected a number above 0, at most 100')
      session().speed = speed
    },
    get strip() {
      return session().isStrip
    },
    get places() {
      return session().stripSpots.map(({ name, position, rect }) => ({
        name,
        position,
        box: boxOf(page.viewer, rect),
      }))
    },
    showStrip: async (isShown = true) => {
      if (isShown) session().showStrip()
      else await session().leaveStrip()
    },
    save: async options => {
      session()
      const { saving } = feature
      if (!saving) throw new UnsupportedError('no film is open')
      return await saving.make(saving.plan(options))
    },
  }
}
