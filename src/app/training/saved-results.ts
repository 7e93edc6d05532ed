// What of a training is nowhere but in its run, and what is safe: saved as a file, or hung on the wall for the visit.

import type { StateDict } from '../../model/state-dict.js'
import type { Page } from '../page.js'
import type { LearnedImage } from './learned-image.js'
import { networkFile } from './run-files.js'

export class SavedResults {
  /** By what the net is known that was hung last. */
  key: string | null = null
  /** Steps that what was saved, and what was hung last, had done. */
  #savedAt = 0
  #hungAt = 0

  /** @param hang hangs a net where nets stay, and returns the key that it is known by from then on */
  constructor(
    private readonly page: Page,
    private readonly image: LearnedImage,
    private readonly hang: (file: File) => Promise<string>,
  ) {}

  /** A run begins: nothing of it is safe. */
  begin(): void {
    this.#savedAt = this.#hungAt = 0
  }

  /** Whether so many steps are more than what the person has as a file. */
  isUnsaved(done: number): boolean {
    return done > this.#savedAt
  }

  /** Whether so many steps are more than what there is anywhere else. */
  isAtStake(done: number): boolean {
    return done > Math.max(this.#savedAt, this.#hungAt)
  }

  /** The net after so many steps, for the person to keep. */
  save(stateDict: StateDict, done: number): File {
    this.#savedAt = done
    this.page.requestRender()
    return networkFile(stateDict, this.image)
  }

  /** Hangs the net after so many steps; entries that name the training lead there from now on. @param known by what the training is known */
  async keep(stateDict: StateDict, done: number, known: string): Promise<void> {
    const key = await this.hang(networkFile(stateDict, this.image))
    this.key = key
    this.#hungAt = done
    const { own, opened, address } = this.page
    own.rename(known, key)
    opened.rename(known, key)
    address.write('replace')
  }
}
