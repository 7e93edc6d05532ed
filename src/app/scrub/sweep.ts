// A slider that moves by itself: once to its end, or to and fro. Time comes in from outside: a frame that comes late shows
// what is due by then.

/** How long it takes from one end to the other. */
export const SWEEP_MS = 4000

export class Sweep {
  /** Time at the anchor since the beginning was left, milliseconds. */
  #timeMs: number
  #anchorMs: number

  /** @param position where it begins, 0 to 1; from the end it begins anew */
  constructor(position: number, nowMs: number) {
    this.#timeMs = position >= 1 ? 0 : position * SWEEP_MS
    this.#anchorMs = nowMs
  }

  /** Takes the time that has gone by. @returns where it is, and whether that is the end */
  advance(nowMs: number, isLooping: boolean): { readonly position: number; readonly isOver: boolean } {
    this.#timeMs += Math.max(0, nowMs - this.#anchorMs)
    this.#anchorMs = nowMs
    if (!isLooping) {
      const isOver = this.#timeMs >= SWEEP_MS
      return { position: isOver ? 1 : this.#timeMs / SWEEP_MS, isOver }
    }
    this.#timeMs %= 2 * SWEEP_MS
    const along = this.#timeMs / SWEEP_MS
    return { position: along <= 1 ? along : 2 - along, isOver: false }
  }
}
