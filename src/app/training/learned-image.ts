// The image that is learned: where it comes from, and the target that it is at the sizes and over the background of a plan.

import { version } from '../../../package.json'
import type { Target } from '../../train/target.js'
import type { LoadedTarget } from './bitmap-target.js'
import { nameOfImage } from './image-name.js'
import { Pane } from './pane.js'
import type { Pictures } from './pictures.js'
import { isSameTarget, type RunPlan } from './plan.js'
import { type ImageSource, loadTarget } from './target-image.js'
import { levelsOf } from './target-levels.js'

export class LearnedImage {
  /** The target as the viewer sees the net. */
  readonly pane = new Pane()
  /** The same once more, to be laid over the net. */
  readonly overlayPane = new Pane()
  #source: ImageSource | null = null
  #target: Target | null = null
  #isTransparent = false
  /** What the target was made with. */
  #plan: RunPlan | null = null
  #loads = 0

  constructor(private readonly pictures: Pictures) {}

  /** Null while there is none. */
  get source(): ImageSource | null {
    return this.#source
  }

  get target(): Target | null {
    return this.#target
  }

  /** Whether the plan's background is seen in it. */
  get isTransparent(): boolean {
    return this.#isTransparent
  }

  /** What files of this training are called, without ending. */
  get baseName(): string {
    return nameOfImage(this.#source?.name ?? '')
  }

  /** What a file says of where it comes from. */
  get provenance(): { readonly sourceName: string; readonly version: string } {
    return { sourceName: this.#source?.name ?? '', version }
  }

  /**
   * Makes the target of an image; {@link take} puts it in place.
   * @throws with one line when it cannot be read; AbortError when another image, or another size, was wanted meanwhile
   */
  async load(source: ImageSource, plan: RunPlan): Promise<LoadedTarget> {
    const load = ++this.#loads
    const loaded = await loadTarget(source, plan, plan.background, this.pictures)
    if (load !== this.#loads) throw new DOMException('another image was opened meanwhile', 'AbortError')
    return loaded
  }

  /** From now on this is what is learned, and what nets are compared with. */
  async take(source: ImageSource, { target, isTransparent }: LoadedTarget, plan: RunPlan): Promise<void> {
    this.#source = source
    this.#target = target
    this.#isTransparent = isTransparent
    this.#plan = plan
    for (const pane of [this.pane, this.overlayPane]) pane.setPicture(target.detail, levelsOf(target.detail))
    await this.pictures.setTarget(target)
  }

  /** Brings the target to the sizes and background of a plan. @throws as {@link load} */
  async fit(plan: RunPlan): Promise<void> {
    const source = this.#source
    if (!source || (this.#plan && isSameTarget(this.#plan, plan))) return
    await this.take(source, await this.load(source, plan), plan)
  }

  close(): void {
    this.#source = null
    this.#target = null
  }
}
