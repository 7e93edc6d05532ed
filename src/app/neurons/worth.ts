// What a unit is worth: the flag as it would be with the unit as it came, and as it is, and how far they are apart. Drawn beside the page, and
// only while one looks at the unit.

import type { Edits } from '../../edit/edits.js'
import type { Frame } from '../../model/frame.js'
import { frameAspect } from '../../model/frame.js'
import { wholeFrame } from '../../model/view.js'
import { decibelText } from '../figures.js'
import { type Preview, type PreviewRequest, Previews } from '../previews/previews.js'
import { gainOf, isIsolated, isUnit, restored, type Surgeon, type UnitAddress, withGain } from './surgery.js'

/** What is done to a unit: its gain, or all others of its layer are silenced. */
export type UnitChange = { readonly gain: number } | { readonly others: number }

interface Question extends PreviewRequest {
  readonly unit: UnitAddress
  readonly change: UnitChange
}

export interface Worth {
  readonly unit: UnitAddress
  readonly change: UnitChange
  readonly before: Preview
  readonly after: Preview
  /** Of after to before, dB. */
  readonly psnr: number
}

/** Pixels of each picture: some milliseconds of one core. */
const PIXELS = 28_000

export class UnitWorth {
  readonly #previews: Previews<Question>
  /** What the latest question was about. */
  #of: { readonly edits: Edits; readonly frame: Frame; readonly unit: UnitAddress } | null = null

  /** @param onChange there is another answer */
  constructor(private readonly onChange: (worth: Worth) => void) {
    this.#previews = new Previews(() => {
      const { worth } = this
      if (worth) this.onChange(worth)
    })
  }

  /** Of the unit and the edits of the last {@link follow}; null before it is known, and where nothing is done to the unit. */
  get worth(): Worth | null {
    const { latest } = this.#previews
    if (!latest || !this.#of || latest.question.unit !== this.#of.unit) return null
    const { unit, change } = latest.question
    const [before, after] = latest.previews
    return { unit, change, before, after, psnr: after.psnr }
  }

  /** Why it cannot be told, in a line. */
  get problem(): string | null {
    return this.#of && this.#previews.problem
  }

  /**
   * Asks about a unit, unless that was asked already.
   * @param unit that is looked at; null for none
   * @param surgeon null while nothing was edited
   * @param count units of its layer
   */
  follow(unit: UnitAddress | null, surgeon: Surgeon | null, count: number, frame: Frame): void {
    const change = unit && surgeon && changeOf(surgeon.edits, unit, count)
    if (!change) {
      if (this.#of) this.#previews.clear()
      this.#of = null
      return
    }
    const { edits } = surgeon
    const known = this.#of
    if (known?.edits === edits && known.frame === frame && isUnit(known.unit, unit)) return
    this.#of = { edits, frame, unit: known && isUnit(known.unit, unit) ? known.unit : unit }
    const without = 'others' in change ? restored(edits, unit.layer, count) : withGain(edits, unit, 1)
    const aspect = frameAspect(frame)
    const width = Math.max(1, Math.round(Math.sqrt(PIXELS * aspect)))
    this.#previews.ask({
      unit: this.#of.unit,
      change,
      networks: [surgeon.networkOf(without), surgeon.networkOf(edits)],
      frame,
      view: wholeFrame(frame),
      width,
      height: Math.max(1, Math.round(width / aspect)),
      samples: 1,
    })
  }

  dispose(): void {
    this.#of = null
    this.#previews.dispose()
  }
}

/** What is done to a unit; null for nothing. @param count units of its layer */
export function changeOf(edits: Edits, unit: UnitAddress, count: number): UnitChange | null {
  const gain = gainOf(edits, unit)
  if (gain !== 1) return { gain }
  return isIsolated(edits, unit, count) ? { others: count - 1 } : null
}

/** As in `without it 18.2 dB, rough`. */
export function worthText({ change, psnr }: Pick<Worth, 'change' | 'psnr'>): string {
  return `${changeText(change)} ${decibelText(psnr, 'what it was')}`
}

/** What one has then, in words. */
export function changeText(change: UnitChange): string {
  if ('others' in change) return change.others === 1 ? 'without the other' : `without the ${change.others} others`
  return change.gain === 0 ? 'without it' : `with it ${change.gain} times as strong`
}
