// Forty seconds of what a flag network is: into a star, out past the frame, inside, a unit silenced with the flag beside it, the film, and three
// pictures to train. Any key or touch ends it; without motion it is its end alone.

import './tour.css'
import { html, type TemplateResult } from 'lit-html'
import { isAbort } from '../messages.js'
import { SAMPLE_PICTURES } from '../sample-pictures.js'

/** What the tour moves; each resolves when it is done. */
export interface TourHost {
  readonly isInstant: () => boolean
  /** Flies into a flag of the wall. */
  readonly enter: (code: string) => Promise<void>
  /** Flies to a view of the open flag. */
  readonly look: (x: number, y: number, zoom: number) => Promise<void>
  readonly inside: () => Promise<void>
  /** Silences a unit that is seen. */
  readonly silence: () => Promise<void>
  readonly undo: () => void
  readonly leaveInside: () => Promise<void>
  readonly film: () => void
  readonly closeFilm: () => Promise<void>
  /** Flies out to the wall, and leaves nothing behind. */
  readonly home: () => Promise<void>
  /** Takes one of the pictures to be trained. @throws with one line */
  readonly train: (url: string) => Promise<void>
  readonly choosePicture: () => void
  readonly requestRender: () => void
}

/** One that has a star to fly into, a film, and is on every wall of flags. */
const FLAG = 'my'
/** The tip of its star. */
const STAR = [-0.2, -0.49] as const
export class Tour {
  readonly #abort = new AbortController()

  /**
   * @param show puts a line where the page has room for it
   * @param end called when nothing of it is left
   */
  constructor(
    private readonly host: TourHost,
    private readonly show: (template: TemplateResult) => void,
    private readonly end: () => void,
  ) {}

  /** @throws with one line what cannot be shown; nothing of it is left then */
  async run(): Promise<void> {
    const { host } = this
    if (host.isInstant()) {
      this.#showEnd()
      return
    }
    const types = ['keydown', 'pointerdown', 'wheel'] as const
    for (const type of types) window.addEventListener(type, this.#skip, { capture: true, passive: false })
    try {
      await this.#play()
      this.#showEnd()
    } catch (error) {
      this.end()
      if (!isAbort(error)) throw error
    } finally {
      for (const type of types) window.removeEventListener(type, this.#skip, { capture: true })
      await host.closeFilm()
      await host.leaveInside()
      await host.home()
    }
  }

  async #play(): Promise<void> {
    const { host } = this
    await this.#step('A flag, as a net of 6,675 numbers paints it. No pixel of it is stored.', 2000, () =>
      host.enter(FLAG),
    )
    await this.#step('Into a star: it is computed for where you look, at any depth.', 3000, () =>
      host.look(...STAR, 60),
    )
    await this.#step('Out, past the frame: what it paints where nobody ever asked it.', 3000, () =>
      host.look(0, 0, 0.62),
    )
    await this.#step('Inside: 224 units, each a picture, layer by layer; the flag is the last.', 4000, () =>
      host.inside(),
    )
    await this.#step('One unit silenced: this is the flag without it.', 4000, () => host.silence())
    host.undo()
    await this.#step('And this is how it was learned.', 1000, () => host.leaveInside())
    await this.#step('From noise to a flag, every moment of it a net.', 8000, async () => host.film())
  }

  /** Shows a line, does what it speaks of, and leaves time to look. */
  async #step(line: string, holdMs: number, act: () => Promise<void>): Promise<void> {
    const { signal } = this.#abort
    this.show(
      html`<section class="banner tour" aria-label="Tour">
        <p role="status">${line}</p>
        <button type="button" class="skip">Skip</button>
      </section>`,
    )
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    })
    signal.throwIfAborted()
    await Promise.race([act().then(() => new Promise(resolve => setTimeout(resolve, holdMs))), aborted])
  }

  readonly #skip = (event: Event): void => {
    event.preventDefault()
    event.stopPropagation()
    this.#abort.abort(new DOMException('the tour was skipped', 'AbortError'))
  }

  #showEnd(): void {
    const { host } = this
    const leave = (act: () => void) => () => {
      this.end()
      act()
    }
    this.show(
      html`<section class="banner tour" aria-label="Now train yours">
        <p role="status">Now train yours:</p>
        <div class="samples">
          ${SAMPLE_PICTURES.map(
            ({ url, name }) =>
              html`<button
                type="button"
                title=${`Train ${name.toLowerCase()}`}
                @click=${leave(() => void host.train(url))}
              >
                <img src=${url} alt=${name} width="60" height="40" />
              </button>`,
          )}
          <button type="button" @click=${leave(host.choosePicture)}>A picture of your own…</button>
        </div>
        <button type="button" class="close" aria-label="Close" @click=${leave(() => {})}>×</button>
      </section>`,
    )
  }
}
