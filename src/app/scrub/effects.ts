// The sliders that change many parameters at once: which layer, seed and morph target they are at, what plays. What they look like is
// effects-template.ts's, what they mean effect-sliders.ts's.

import { FormatError } from '../../model/errors.js'
import type { Frame } from '../../model/frame.js'
import type { Effect } from '../../edit/effect.js'
import type { Edits } from '../../edit/edits.js'
import type { MorphPair } from '../../edit/morph-report.js'
import { lineOf } from '../messages.js'
import type { Page } from '../page.js'
import {
  type EffectSlider,
  effectAt,
  positionOf,
  type SliderKind,
  type SliderPlace,
  SLIDERS,
  sliderValue,
  valueAt,
  withSlider,
} from './effect-sliders.js'
import type { FrameEdge } from './frame-edges.js'
import { MorphComparison, type MorphWay } from './morph-comparison.js'
import { findChoice, loadMorphTarget, type MorphChoice, morphChoices, nameOfTarget } from './morph-targets.js'
import type { ScrubPlace } from './section.js'
import { Sweep } from './sweep.js'
import { parseValue } from './value-text.js'

/** Anything that a slider moves, so that any can play. */
export interface Playable {
  readonly id: string
  readonly position: number
  /** @param key names the gesture @returns false where it cannot be there */
  readonly seek: (position: number, key: string) => boolean
}

const SEEDS = 10_000
/** Lengths of the frame that its edges can be moved beyond it. */
const FRAME_REACH = 1
const FRAME_STEPS = 600

export class Effects {
  isLooping = false
  /** What the field of the morph's target says while a person types; null: the target's name. */
  typedTarget: string | null = null
  isLoadingTarget = false
  readonly comparison: MorphComparison
  readonly #layers = new Map<SliderKind, number | null>()
  #seed = newSeed()
  #target = ''
  #isMatched = true
  #loads = 0
  #gestures = 0
  #playing: { id: string; sweep: Sweep; key: string } | null = null
  #frameRequest = 0
  #isDisposed = false

  constructor(
    readonly page: Page,
    readonly place: ScrubPlace,
  ) {
    this.comparison = new MorphComparison(place.requestRender)
    for (const { kind, layers } of SLIDERS) {
      const there = this.edits.effects.find(effect => effect.kind === kind)
      this.#layers.set(kind, there && 'layer' in there ? there.layer : layers === 'one' ? 0 : null)
    }
    document.addEventListener('visibilitychange', this.#onVisibility)
  }

  dispose(): void {
    this.#isDisposed = true
    this.stop()
    this.comparison.clear()
    document.removeEventListener('visibilitychange', this.#onVisibility)
  }

  get session() {
    return this.place.session
  }

  get edits(): Edits {
    return this.session.edits
  }

  get isOff(): boolean {
    return this.session.obstacle !== null
  }

  // The sliders.

  /** Where a slider is: of what is there already, that one's seed and target. */
  placeOf(slider: EffectSlider): SliderPlace {
    const place = {
      layer: this.#layers.get(slider.kind) ?? null,
      seed: this.#seed,
      target: this.#target,
      matched: this.#isMatched,
    }
    const effect = effectAt(this.edits, slider, place)
    if (effect?.kind === 'noise') return { ...place, seed: effect.seed }
    if (effect?.kind === 'morph') return { ...place, target: effect.target, matched: effect.matched }
    return place
  }

  valueOf(slider: EffectSlider): number {
    return sliderValue(this.edits, slider, this.placeOf(slider))
  }

  /** @returns false where the value is refused, which is said */
  set(slider: EffectSlider, value: number, key: string | null = null): boolean {
    return this.#apply(withSlider(this.edits, slider, this.placeOf(slider), value), key)
  }

  /** Takes a value as it was typed; `off` is the neutral one. */
  type(slider: EffectSlider, text: string): void {
    this.stop()
    try {
      this.set(slider, text.trim().toLowerCase() === 'off' ? slider.neutral : parseValue(text))
    } catch (error) {
      this.#sayError(error)
    }
    this.place.requestRender()
  }

  chooseLayer(slider: EffectSlider, layer: number | null): void {
    this.stop()
    this.#layers.set(slider.kind, layer)
    this.place.requestRender()
  }

  /** Noise along another direction. */
  reseed(slider: EffectSlider): void {
    const value = this.valueOf(slider)
    this.#seed = newSeed()
    if (value !== slider.neutral)
      this.#apply(withSlider(this.edits, slider, { ...this.placeOf(slider), seed: this.#seed }, value), null)
    this.place.requestRender()
  }

  removeEffect(effect: Effect): void {
    this.stop()
    this.#apply({ ...this.edits, effects: this.edits.effects.filter(other => other !== effect) }, null)
  }

  /** The key of the gesture that goes on; {@link endGesture} ends it. */
  get gesture(): string {
    return `slider ${this.#gestures}`
  }

  endGesture(): void {
    this.#gestures++
  }

  #apply(edits: Edits, key: string | null): boolean {
    if (edits === this.edits) return true
    try {
      this.session.apply(edits, key)
      this.place.say(null)
      return true
    } catch (error) {
      this.#sayError(error)
      this.place.requestRender()
      return false
    }
  }

  #sayError(error: unknown): void {
    this.place.say(lineOf(error))
  }

  // The morph.

  get choices(): readonly MorphChoice[] {
    return morphChoices(this.page)
  }

  get #morph(): EffectSlider {
    return SLIDERS.find(({ kind }) => kind === 'morph') as EffectSlider
  }

  get target(): string {
    return this.placeOf(this.#morph).target
  }

  get targetName(): string {
    return this.target === '' ? '' : nameOfTarget(this.choices, this.target)
  }

  get isMatched(): boolean {
    return this.placeOf(this.#morph).matched
  }

  /** Whether the target's network is there, so that the slider can move. */
  get isTargetReady(): boolean {
    return this.session.targets.has(this.target)
  }

  /** Takes what was typed or chosen as the target; without one it is said, and the old one stays. */
  async chooseTarget(text: string): Promise<void> {
    const choice = findChoice(this.choices, text)
    this.typedTarget = null
    if (text.trim() === '') return this.place.requestRender()
    if (!choice) {
      this.#sayError(new FormatError(`morph: there is no flag "${text.slice(0, 40)}" on the wall`))
      return this.place.requestRender()
    }
    const load = ++this.#loads
    this.stop()
    this.isLoadingTarget = true
    this.place.requestRender()
    try {
      const network = await loadMorphTarget(this.page, this.session.original, choice.key)
      if (load !== this.#loads || this.#isDisposed) return
      // One object a key: what was matched with it stays known.
      if (!this.session.targets.has(choice.key)) this.session.targets.set(choice.key, network)
      const value = this.valueOf(this.#morph)
      const place = { ...this.placeOf(this.#morph), target: choice.key }
      this.#target = choice.key
      this.comparison.clear()
      this.place.say(null)
      if (value !== 0) this.#apply(withSlider(this.edits, this.#morph, place, value), null)
    } catch (error) {
      if (load === this.#loads && !this.#isDisposed) this.#sayError(error)
    } finally {
      if (load === this.#loads) this.isLoadingTarget = false
      if (!this.#isDisposed) this.place.requestRender()
    }
  }

  setMatched(isMatched: boolean): void {
    const value = this.valueOf(this.#morph)
    const place = { ...this.placeOf(this.#morph), matched: isMatched }
    this.#isMatched = isMatched
    if (value !== 0) this.#apply(withSlider(this.edits, this.#morph, place, value), null)
    this.place.requestRender()
  }

  /** Goes to a place of one of the two ways. */
  morphTo(isMatched: boolean, amount: number): void {
    this.stop()
    this.#isMatched = isMatched
    const place = { ...this.placeOf(this.#morph), matched: isMatched }
    this.#apply(withSlider(this.edits, this.#morph, place, amount), null)
    this.place.requestRender()
  }

  compare(): void {
    const pair = this.#pair
    if (pair) this.comparison.start(pair)
  }

  /** The two ways side by side, as long as they are those to this target over this frame. */
  get ways(): readonly MorphWay[] {
    const pair = this.#pair
    return pair && this.comparison.isOf(pair) ? this.comparison.ways : []
  }

  get #pair(): MorphPair | null {
    const target = this.session.targets.get(this.target)
    const { frame } = this.page.opened
    return target && frame ? { original: this.session.original, target, frame } : null
  }

  // The frame.

  get frame(): Frame | null {
    return this.page.opened.frame
  }

  /** Ends and step of an edge's slider: the file's own range, and as much again on either side. */
  rangeOf({ axis }: FrameEdge): { min: number; max: number; step: number } {
    const [a, b] = this.session.file.ownFrame[axis]
    const length = Math.abs(b - a)
    const step = Number(((length * (1 + 2 * FRAME_REACH)) / FRAME_STEPS).toPrecision(1))
    const rounded = (value: number) => Number((Math.round(value / step) * step).toPrecision(12))
    return {
      min: rounded(Math.min(a, b) - FRAME_REACH * length),
      max: rounded(Math.max(a, b) + FRAME_REACH * length),
      step,
    }
  }

  /** @returns false where the frame would have no extent */
  setEdge({ axis, end }: FrameEdge, value: number): boolean {
    const { frame } = this
    if (!frame) return false
    const [low, high] = end === 0 ? [value, frame[axis][1]] : [frame[axis][0], value]
    if (!(Math.abs(high - low) > 1e-9 * Math.max(Math.abs(low), Math.abs(high))) || !Number.isFinite(value))
      return false
    this.page.opened.setFrame({ ...frame, [axis]: [low, high] })
    return true
  }

  typeEdge(edge: FrameEdge, text: string): void {
    this.stop()
    try {
      if (!this.setEdge(edge, parseValue(text))) this.place.say('frame: expected two different numbers')
      else this.place.say(null)
    } catch (error) {
      this.#sayError(error)
    }
    this.place.requestRender()
  }

  restoreFrame(): void {
    this.stop()
    this.page.opened.setFrame(this.session.file.ownFrame)
  }

  // Playing.

  /** The slider that plays; null while none does. */
  get playing(): string | null {
    return this.#playing?.id ?? null
  }

  sliderPlayable(slider: EffectSlider): Playable {
    return {
      id: slider.kind,
      position: positionOf(slider, this.valueOf(slider)),
      seek: (position, key) => this.set(slider, valueAt(slider, position), key),
    }
  }

  edgePlayable(edge: FrameEdge): Playable {
    const { min, max } = this.rangeOf(edge)
    const value = this.frame?.[edge.axis][edge.end] ?? min
    return {
      id: edge.label,
      position: Math.min(1, Math.max(0, (value - min) / (max - min))),
      // Where the edges meet there is no frame: it goes on behind.
      seek: position => this.setEdge(edge, min + position * (max - min)) || this.frame !== null,
    }
  }

  play(playable: Playable): void {
    this.stop()
    const key = `play ${this.#gestures++}`
    this.#playing = { id: playable.id, key, sweep: new Sweep(playable.position, performance.now()) }
    this.#frameRequest = requestAnimationFrame(() => this.#tick(playable))
    this.place.requestRender()
  }

  stop(): void {
    if (!this.#playing) return
    cancelAnimationFrame(this.#frameRequest)
    this.#playing = null
    this.place.requestRender()
  }

  toggleLoop(): void {
    this.isLooping = !this.isLooping
    this.place.requestRender()
  }

  #tick(playable: Playable): void {
    if (!this.#playing) return
    const { sweep, key } = this.#playing
    const { position, isOver } = sweep.advance(performance.now(), this.isLooping)
    if (this.isOff || !playable.seek(position, key) || isOver) return this.stop()
    this.#frameRequest = requestAnimationFrame(() => this.#tick(playable))
  }

  readonly #onVisibility = (): void => {
    if (document.visibilityState === 'hidden') this.stop()
  }
}

function newSeed(): number {
  return Math.floor(Math.random() * SEEDS)
}
