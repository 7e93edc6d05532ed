// The way into films: tells whether what is open has one, and fetches it, and what plays it, when it is asked for.

import { html, nothing, render, type TemplateResult } from 'lit-html'
import { FormatError } from '../../model/errors.js'
import { isKey, KEYS } from '../keys.js'
import { Lazy } from '../lazy.js'
import { openedMeanwhile } from '../messages.js'
import { loadFile } from '../../open/load-file.js'
import type { OpenFile } from '../../open/open-file.js'
import type { Page } from '../page.js'
import { FILM_PART, type FilmState, STRIP_PART } from './address.js'
import type { SaveDialog } from './save-dialog.js'
import type { FilmSession } from './session.js'

const loadPlayer = async () => {
  const [{ Film }, { FilmSession }, { barTemplate }, { SaveDialog }] = await Promise.all([
    import('../../film/film.js'),
    import('./session.js'),
    import('./bar.js'),
    import('./save-dialog.js'),
  ])
  return { Film, FilmSession, barTemplate, SaveDialog }
}

export class FilmFeature {
  readonly #player = new Lazy('the film player', loadPlayer)
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
    private readonly page: Page,
    private readonly place: HTMLElement,
    private readonly stage: HTMLElement,
  ) {
    page.address.register(FILM_PART, () => this.session?.position ?? null)
    page.address.register(STRIP_PART, () => this.session?.isStrip ?? false)
    // What was left is closed, whoever closed it.
    page.opened.changed.subscribe(() => this.#endClosed())
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
    const { file } = this.page.opened
    return file !== null && (file.film !== null || this.#url !== null)
  }

  /** Where the film of the open flag lies; null where the list of flags names none. */
  get #url(): string | null {
    const { opened, wall } = this.page
    const flag = wall.flagAt(opened.file?.url ?? null)
    return flag?.listed.film === undefined ? null : `flags/${flag.listed.film}`
  }

  /** Opens the film where an address has it, or closes it. A film's own file is played when no place is named. */
  async restore({ film, strip }: FilmState): Promise<null> {
    const { file } = this.page.opened
    if (film === null && !strip) {
      if (file?.film && !this.session) await this.tryOpen()
      else if (!file?.film) await this.session?.close()
      return null
    }
    const session = this.session ?? (await this.page.messages.attempt(() => this.open()))
    if (!session) return null
    session.pause()
    if (session.isStrip && !strip) await session.leaveStrip()
    if (film !== null) session.seek(film)
    if (strip) session.showStrip(false)
    return null
  }

  /**
   * Opens the film of what is open, paused at its end.
   * @throws with one line when there is none, or it is none of this network; what was open stays
   */
  async open(): Promise<FilmSession> {
    if (this.session) return this.session
    const asked = ++this.#asked
    const { opened, viewer, requestRender } = this.page
    const { file } = opened
    const url = this.#url
    if (!file || (!file.film && url === null)) throw new FormatError('what is open has no film')
    this.#isLoading = true
    requestRender()
    try {
      const { Film, FilmSession, SaveDialog } = await this.#player.get()
      const bytes = file.film ? null : (await loadFile(url as string)).bytes
      const film = file.film ?? Film.parse(bytes as Uint8Array)
      if (asked !== this.#asked || opened.file !== file) throw openedMeanwhile()
      checkArchitecture(film, file)
      // What cannot be drawn is told now and not while it plays; moments lie between these, but for rare folded weights.
      for (const index of film.steps.keys()) viewer.contents.check(film.network(index))
      const session = new FilmSession(this.page, film, bytes)
      this.#session = session
      this.#saving = new SaveDialog(this.page, session)
      return session
    } finally {
      if (asked === this.#asked) this.#isLoading = false
      requestRender()
    }
  }

  /** Opens it as a person does: it plays at once, unless no motion is wanted. What goes wrong is shown. */
  async tryOpen(): Promise<void> {
    const session = await this.page.messages.attempt(() => this.open())
    if (!session) return
    this.page.address.write('push')
    if (this.page.viewer.navigator.isInstant) return
    session.seek(0)
    await session.play()
  }

  /** The film of what is open, as a file. @throws with one line when there is none, or it cannot be fetched */
  async file(): Promise<Uint8Array> {
    const { file } = this.page.opened
    if (file?.film) return file.stateDict.serialize()
    const url = this.#url
    if (url === null) throw new FormatError('what is open has no film')
    return (await loadFile(url)).bytes
  }

  /** Opens the film, and what saves it. @throws with one line */
  async showSaving(): Promise<void> {
    await this.open()
    this.page.requestRender()
    // At once: the dialog is a part of the bar.
    this.render()
    await this.saving?.open()
  }

  /** The button that leads to the film; nothing where there is none. */
  get button(): TemplateResult | typeof nothing {
    const { session } = this
    if (!this.isOffered || this.page.opened.isTraining) return nothing
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

  #endClosed(): void {
    if (!this.#session || this.#session.isOpen) return
    this.#session.end()
    this.#saving?.dispose()
    this.#session = null
    this.#saving = null
  }

  /** Renders the bar. @returns whether the page has to make room for it */
  render(): boolean {
    const { session, saving } = this
    const player = this.#player.loaded
    render(session && player && saving ? player.barTemplate(session, saving, this.close) : nothing, this.place)
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
    if (isKey(event, KEYS.play) && (isSlider || target === this.stage)) {
      event.preventDefault()
      if (session.isPlaying) session.pause()
      else void session.play()
    } else if (isKey(event, KEYS.back) && target.closest('#film') && !target.closest('dialog')) {
      event.preventDefault()
      this.close()
    }
  }
}

/** The weights of a film take the place of the file's: they must be of one architecture. */
function checkArchitecture(film: { readonly architecture: { readonly name: string } }, { network }: OpenFile): void {
  const [wanted, found] = [network.architecture, film.architecture]
  if (JSON.stringify(wanted) !== JSON.stringify(found))
    throw new FormatError(`the film is of another network: expected ${wanted.name}, got ${found.name}`)
}
