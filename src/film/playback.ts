// Where a film stands while it plays. Time comes in from outside: a frame that comes late shows what is due by then.

/** How long a film plays at speed 1. */
export const FILM_MS = 8000
/** How long the last moment stays before a loop begins anew. */
export const HOLD_MS = 1000
export const SPEEDS = [0.25, 0.5, 1, 2, 4] as const

/** Positions that a person chooses have so many digits: a hundredth of a pixel of the slider. */
const DIGITS = 4

export class Playback {
  isLooping = false
  #speed = 1
  /** Film time at the anchor, milliseconds at speed 1, the hold included. */
  #timeMs = 0
  /** When it was there; null while it does not play. */
  #anchorMs: number | null = null
  #position = 0

  /** Film time from 0 to 1, as {@link Film} counts it. */
  get position(): number {
    return this.#position
  }

  get isPlaying(): boolean {
    return this.#anchorMs !== null
  }

  get speed(): number {
    return this.#speed
  }

  /** Goes on from where it stands; from the beginning, where it stands at the end. */
  play(nowMs: number): void {
    if (this.isPlaying) return
    if (this.#position >= 1) this.#position = 0
    this.#timeMs = this.#position * FILM_MS
    this.#anchorMs = nowMs
  }

  pause(nowMs: number): void {
    if (!this.isPlaying) return
    this.advance(nowMs)
    this.#anchorMs = null
    this.#position = rounded(this.#position)
  }

  /** Goes to a position; what plays goes on from there. */
  seek(position: number, nowMs: number): void {
    this.#position = Math.min(1, Math.max(0, position))
    this.#timeMs = this.#position * FILM_MS
    if (this.isPlaying) this.#anchorMs = nowMs
  }

  setSpeed(speed: number, nowMs: number): void {
    this.advance(nowMs)
    this.#speed = speed
  }

  /** Takes the time that has gone by. At the end it stops, unless it loops. @returns the position */
  advance(nowMs: number): number {
    if (this.#anchorMs === null) return this.#position
    this.#timeMs += Math.max(0, nowMs - this.#anchorMs) * this.#speed
    this.#anchorMs = nowMs
    if (this.isLooping) this.#timeMs %= FILM_MS + HOLD_MS
    else if (this.#timeMs >= FILM_MS) this.#anchorMs = null
    this.#position = Math.min(1, this.#timeMs / FILM_MS)
    return this.#position
  }
}

/** A position as a person chooses it. */
export function rounded(position: number): number {
  return Number(position.toFixed(DIGITS))
}
