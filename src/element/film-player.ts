// A film that plays in an element: from moment to moment, each drawn in place of the network's own weights.

import type { Film } from '../film/film.js'
import { Playback } from '../film/playback.js'
import type { FlagView } from './flag-view.js'

export class FilmPlayer {
  readonly #playback = new Playback()
  #request = 0

  constructor(
    private readonly film: Film,
    private readonly view: FlagView,
  ) {
    this.#playback.isLooping = true
  }

  /** Film time from 0 to 1. */
  get position(): number {
    return this.#playback.position
  }

  set position(position: number) {
    this.#playback.seek(position, performance.now())
    this.#draw()
  }

  get isPlaying(): boolean {
    return this.#playback.isPlaying
  }

  play(): void {
    if (this.isPlaying) return
    this.#playback.play(performance.now())
    this.view.isLive = true
    this.#request = requestAnimationFrame(this.#onFrame)
  }

  pause(): void {
    if (!this.isPlaying) return
    cancelAnimationFrame(this.#request)
    this.#playback.pause(performance.now())
    this.#draw()
    this.view.isLive = false
  }

  readonly #onFrame = (nowMs: number): void => {
    this.#playback.advance(nowMs)
    this.#draw()
    this.#request = requestAnimationFrame(this.#onFrame)
  }

  #draw(): void {
    // At the end stand the file's own weights, of which the film's last ones may be a rounded copy.
    this.view.setOverlay(this.position < 1 ? this.film.copyAt(this.position) : null, this.isPlaying)
  }
}
