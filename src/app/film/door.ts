// The way into films: tells whether what is open has one, and fetches it, and what plays it, when it is asked for. Whoever
// only looks at flags loads neither.

import { html, nothing, render, type TemplateResult } from 'lit-html'
import { FormatError } from '../../model/errors.js'
import type { Explorer, FilmHost } from '../explorer.js'
import type { OpenFile } from '../open-file.js'
import type { PageState } from '../hash-state.js'
import { loadFile } from '../load-file.js'
import type { Place } from '../places.js'
import type { SaveDialog } from './save-dialog.js'
import type { FilmSession } from './session.js'

export interface FilmPageActions {
  readonly save: (file: File) => void
  readonly requestRender: () => void
}

/** What is loaded with the first film. */
interface Modules {
  readonly Film: typeof import('../../film/film.js').Film
  readonly FilmSession: typeof import('./session.js').FilmSession
  readonly barTemplate: typeof import('./bar.js').barTemplate
  readonly SaveDialog: typeof import('./save-dialog.js').SaveDialog
}

export class FilmDoor implements FilmHost {
  #modules: Modules | null = null
  #importing: Promise<Modules> | null = null
  #session: FilmSession | null = null
  #saving: SaveDialog | null = null
  #isLoading = false
  /** Counts what was asked for: only the last one counts. */
  #asked = 0

  /**
   * @param place where the page has room for the bar
   * @param stage what has the focus while the picture has it
   */
  constructor(
    private readonly explorer: Explorer,
    private readonly place: HTMLElement,
    private readonly stage: HTMLElement,
    private readonly actions: FilmPageActions,
  ) {
    explorer.films = this
    window.addEventListener('keydown', this.#onKey)
  }

  /** The film that is open; null while none is. */
  get session(): FilmSession | null {
    return this.#session?.isOpen ? this.#session : null
  }

  /** What can be saved of it. */
  get saving(): SaveDialog | null {
    return this.session && this.#saving
  }

  /** Whether what is open has a film. */
  get isOffered(): boolean {
    return this.explorer.file !== null && (this.explorer.file.film !== null || this.#url !== null)
  }

  /** Where the film of the open flag lies; null where the list of flags names none. */
  get #url(): string | null {
    const { file, wall } = this.explorer
    const flag = wall.flagAt(file?.url ?? null)
    return flag?.listed.film === undefined ? null : `flags/${flag.listed.film}`
  }

  // For the explorer.

  get state(): Pick<PageState, 'film' | 'strip'> {
    const { session } = this
    return { film: session?.position ?? null, strip: session?.isStrip ?? false }
  }

  async restore({ film, strip }: Pick<PageState, 'film' | 'strip'>): Promise<void> {
    const { file } = this.explorer
    if (film === null && !strip) {
      if (file?.film && !this.session) await this.tryOpen()
      else if (!file?.film) await this.session?.close()
      return
    }
    const session = this.session ?? (await this.#attempt(() => this.open()))
    if (!session) return
    session.pause()
    if (session.isStrip && !strip) await session.leaveStrip()
    if (film !== null) session.seek(film)
    if (strip) session.showStrip(false)
  }

  returnToStrip(): boolean {
    const { session } = this
    if (!session?.isFromStrip) return false
    session.showStrip()
    return true
  }

  enter(place: Place): void {
    void this.session?.enter(place)
  }

  leaveStrip(): void {
    void this.session?.leaveStrip()
  }

  // For the page.

  /**
   * Opens the film of what is open, paused at its end.
   * @throws with one line when there is none, or it is none of this network; what was open stays
   */
  async open(): Promise<FilmSession> {
    if (this.session) return this.session
    const asked = ++this.#asked
    const { explorer } = this
    const { file } = explorer
    const url = this.#url
    if (!file || (!file.film && url === null)) throw new FormatError('what is open has no film')
    this.#isLoading = true
    this.actions.requestRender()
    try {
      const modules = await this.#load()
      const bytes = file.film ? null : (await loadFile(url as string)).bytes
      const film = file.film ?? modules.Film.parse(bytes as Uint8Array)
      if (asked !== this.#asked || explorer.file !== file)
        throw new DOMException('another file was opened meanwhile', 'AbortError')
      checkArchitecture(film, file)
      // What cannot be drawn is told now and not while it plays; moments lie between these, but for rare folded weights.
      for (const index of film.steps.keys()) explorer.viewer.check(film.network(index))
      const session = new modules.FilmSession(explorer, film, bytes, this.actions.requestRender)
      this.#session = session
      this.#saving = new modules.SaveDialog(explorer, session, this.actions)
      return session
    } finally {
      if (asked === this.#asked) this.#isLoading = false
      this.actions.requestRender()
    }
  }

  /** Opens it as a person does: it plays at once, unless no motion is wanted. What goes wrong is shown. */
  async tryOpen(): Promise<void> {
    const session = await this.#attempt(() => this.open())
    if (!session) return
    this.explorer.remember('push')
    if (this.explorer.viewer.isInstant) return
    session.seek(0)
    await session.play()
  }

  /** The button that leads to the film; nothing where there is none. */
  get button(): TemplateResult | typeof nothing {
    const { session } = this
    if (!this.isOffered || this.explorer.isHeld) return nothing
    return html`<button
      type="button"
      class="learned"
      aria-expanded=${session !== null}
      aria-controls="film"
      ?disabled=${this.#isLoading}
      @click=${() => void (session ? session.close() : this.tryOpen())}
    >
      ${this.#isLoading ? 'Loading…' : 'How it was learned'}
    </button>`
  }

  /** Renders the bar. @returns whether the page has to make room for it */
  render(): boolean {
    if (this.#session && !this.#session.isOpen) {
      this.#session.end()
      this.#saving?.dispose()
      this.#session = null
      this.#saving = null
    }
    const { session, modules, saving } = { session: this.#session, modules: this.#modules, saving: this.#saving }
    render(session && modules && saving ? modules.barTemplate(session, saving, this.close) : nothing, this.place)
    return session !== null
  }

  readonly close = (): void => {
    void this.session?.close()
    this.stage.focus()
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const { session } = this
    if (!session || event.ctrlKey || event.metaKey || event.altKey) return
    const target = event.target as HTMLElement
    const isSlider = target.matches('#film input[type=range]')
    if (event.key === ' ' && (isSlider || target === this.stage)) {
      event.preventDefault()
      if (session.isPlaying) session.pause()
      else void session.play()
    } else if (event.key === 'Escape' && target.closest('#film') && !target.closest('dialog')) {
      event.preventDefault()
      this.close()
    }
  }

  async #attempt<T>(action: () => Promise<T>): Promise<T | null> {
    try {
      return await action()
    } catch (error) {
      this.explorer.sayError(error)
      return null
    }
  }

  async #load(): Promise<Modules> {
    this.#importing ??= this.#import()
    try {
      this.#modules = await this.#importing
      return this.#modules
    } catch (error) {
      this.#importing = null
      throw error
    }
  }

  async #import(): Promise<Modules> {
    try {
      const [{ Film }, { FilmSession }, { barTemplate }, { SaveDialog }] = await Promise.all([
        import('../../film/film.js'),
        import('./session.js'),
        import('./bar.js'),
        import('./save-dialog.js'),
      ])
      return { Film, FilmSession, barTemplate, SaveDialog }
    } catch (error) {
      throw new FormatError(
        `the film player could not be loaded: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }
}

/** The weights of a film take the place of the file's: they must be of one architecture. */
function checkArchitecture(film: { readonly architecture: { readonly name: string } }, { network }: OpenFile): void {
  const [wanted, found] = [network.architecture, film.architecture]
  if (JSON.stringify(wanted) !== JSON.stringify(found))
    throw new FormatError(`the film is of another network: expected ${wanted.name}, got ${found.name}`)
}
