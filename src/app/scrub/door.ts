// The way to scrubbing: the button, the keys, and what is fetched with the first edit or the first look at the panel. Whoever
// only looks at flags loads none of it.

import { html, nothing, type TemplateResult } from 'lit-html'
import type { Edits } from '../../edit/edits.js'
import { FormatError, UnsupportedError } from '../../model/errors.js'
import type { Explorer, ScrubHost } from '../explorer.js'
import type { PageState } from '../hash-state.js'
import type { ScrubPanel } from './panel.js'
import type { CreateSection } from './section.js'
import type { ScrubSession } from './session.js'

export interface ScrubPageActions {
  readonly save: (file: File) => void
  readonly requestRender: () => void
  /** The panel was opened: what stands in its place goes. */
  readonly onOpen: () => void
}

interface SessionModules {
  readonly ScrubSession: typeof import('./session.js').ScrubSession
  readonly codec: typeof import('../../edit/codec.js')
}

interface PanelModules {
  readonly ScrubPanel: typeof import('./panel.js').ScrubPanel
  /** What other parts of the page put into the panel. */
  readonly sections: readonly CreateSection[]
}

export class ScrubDoor implements ScrubHost {
  #modules: SessionModules | null = null
  #session: ScrubSession | null = null
  #panel: ScrubPanel | null = null
  #isPanelWanted = false
  #isLoading = false
  /** The text of the edits, as long as they are the same; null where it is too long for a link. */
  #spelled: { readonly edits: Edits; readonly text: string | null } | null = null

  /**
   * @param place where the page has room for the panel
   * @param stage what has the focus while the picture has it
   */
  constructor(
    private readonly explorer: Explorer,
    private readonly place: HTMLElement,
    private readonly stage: HTMLElement,
    private readonly actions: ScrubPageActions,
  ) {
    explorer.scrubs = this
    window.addEventListener('keydown', this.#onKey)
    window.addEventListener('keyup', this.#onKeyUp)
    window.addEventListener('blur', this.#stopComparing)
  }

  // For the explorer.

  get session(): ScrubSession | null {
    return this.#session?.isOpen ? this.#session : null
  }

  get state(): Pick<PageState, 'edits'> {
    const { session } = this
    if (!session || !this.#modules || session.isUnedited) return { edits: null }
    const { edits, parameters, precision } = session
    if (this.#spelled?.edits !== edits)
      this.#spelled = { edits, text: this.#modules.codec.linkText(edits, parameters, precision) }
    return { edits: this.#spelled.text }
  }

  async restore({ edits: text }: Pick<PageState, 'edits'>): Promise<string | null> {
    if (text === this.state.edits) return null
    const { file } = this.explorer
    if (!file || (text === null && !this.session)) return null
    try {
      const session = await this.open()
      const { parseEdits } = (this.#modules as SessionModules).codec
      if (text === null) session.reset()
      else {
        const edits = parseEdits(text, session.parameters, session.precision)
        await this.#loadTargets(session, edits)
        if (this.explorer.file === file) session.apply(edits)
      }
      return null
    } catch (error) {
      const line = lineOf(error)
      return `link: ${line.startsWith('edits: ') ? '' : 'edits: '}${line}`
    }
  }

  /**
   * Begins to edit what is open, or goes on.
   * @throws with one line when nothing is open, or what edits could not be loaded
   */
  async open(): Promise<ScrubSession> {
    const { file } = this.explorer
    if (!file) throw new UnsupportedError('no file is open')
    this.#modules ??= await loadModules(async () => {
      const [{ ScrubSession }, codec] = await Promise.all([import('./session.js'), import('../../edit/codec.js')])
      return { ScrubSession, codec }
    })
    if (this.explorer.file !== file) throw new DOMException('another file was opened meanwhile', 'AbortError')
    if (!this.session) {
      this.#closePanel()
      this.#session = new this.#modules.ScrubSession(this.explorer, this.#onChange)
    }
    return this.#session as ScrubSession
  }

  // For the page.

  /** Whether the page has to make room for the panel. */
  get isOpen(): boolean {
    return this.#panel !== null && this.session !== null
  }

  /** Opens the panel. @throws as {@link open} */
  async openPanel(): Promise<void> {
    this.#isPanelWanted = true
    this.#isLoading = true
    this.actions.requestRender()
    try {
      const [session, { ScrubPanel, sections }] = await Promise.all([
        this.open(),
        loadModules(() => loadPanel(this.explorer)),
      ])
      if (!this.#isPanelWanted || this.#panel?.session === session) return
      this.#closePanel()
      const { save, requestRender, onOpen } = this.actions
      const isLinkable = () => session.isUnedited || this.state.edits !== null
      this.#panel = new ScrubPanel(
        this.explorer,
        session,
        this.place,
        { save, requestRender, isLinkable, close: () => this.close() },
        sections,
      )
      onOpen()
    } finally {
      this.#isLoading = false
      this.actions.requestRender()
    }
  }

  /** Opens the panel as a person does: the keyboard goes to the cells. What goes wrong is shown. */
  async tryOpen(): Promise<void> {
    try {
      await this.openPanel()
      // The page makes room for it in the frame that is asked for by now.
      requestAnimationFrame(() => {
        this.place.querySelector<HTMLElement>('[role=grid][tabindex="0"]')?.focus({ preventScroll: true })
      })
    } catch (error) {
      this.explorer.sayError(error)
    }
  }

  /** Closes the panel; the edits stay. */
  close(): void {
    const hadFocus = this.place.contains(document.activeElement)
    this.#isPanelWanted = false
    this.#closePanel()
    this.actions.requestRender()
    if (hadFocus) this.stage.focus()
  }

  toggle(): void {
    if (this.isOpen) this.close()
    else void this.tryOpen()
  }

  /** A flag is open, as a picture or as those of its units. */
  get #isOffered(): boolean {
    const { file, viewer, isInside } = this.explorer
    return file !== null && (!viewer.isWorld || isInside)
  }

  /** The button that opens the panel; nothing on the wall. */
  get button(): TemplateResult | typeof nothing {
    if (!this.#isOffered) return nothing
    return html`<button
      type="button"
      class="scrub-button"
      aria-label="Scrub the parameters"
      title="Scrub the parameters (E)"
      aria-expanded=${this.isOpen}
      aria-controls="scrub"
      ?disabled=${this.#isLoading}
      @click=${() => this.toggle()}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d="M2 4h7M12.5 4H14M2 12h1.5M7 12h7" />
        <circle cx="10.7" cy="4" r="1.8" />
        <circle cx="5.2" cy="12" r="1.8" />
      </svg>
    </button>`
  }

  /** Renders the panel. @returns whether the page has to make room for it */
  render(): boolean {
    const { session } = this
    if (this.#session && !session) {
      this.#session = null
      this.#closePanel()
      // A panel that was open is there for the next file as well.
      if (this.#isPanelWanted && this.explorer.file && !this.#isLoading)
        void this.openPanel().catch(error => this.explorer.sayError(error))
    }
    session?.show()
    this.#panel?.render()
    return this.isOpen
  }

  /** Loads the networks that edits morph towards. */
  async #loadTargets(session: ScrubSession, { effects }: Edits): Promise<void> {
    for (const effect of effects) {
      if (effect.kind !== 'morph' || session.targets.has(effect.target)) continue
      const { loadMorphTarget } = await import('./morph-targets.js')
      session.targets.set(effect.target, await loadMorphTarget(this.explorer, session.original, effect.target))
    }
  }

  #closePanel(): void {
    this.#panel?.dispose()
    this.#panel = null
  }

  readonly #onChange = (): void => {
    this.explorer.weightsChanged()
  }

  readonly #stopComparing = (): void => {
    if (this.#session) this.#session.isComparing = false
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement
    if (target.matches('input:not([type=checkbox], [type=range]), textarea') || target.closest('dialog')) return
    const { session } = this
    const isControl = event.ctrlKey || event.metaKey
    const key = event.key.toLowerCase()
    if (isControl && !event.altKey && (key === 'z' || key === 'y')) {
      if (!session) return
      event.preventDefault()
      const isRedo = key === 'y' || event.shiftKey
      try {
        if (isRedo) session.redo()
        else session.undo()
      } catch (error) {
        this.explorer.sayError(error)
      }
      return
    }
    if (isControl || event.altKey || !this.#isOffered) return
    if (key === 'o' && session && !session.isUnedited) session.isComparing = true
    else if (key === 'e' && !event.repeat && !target.matches('select')) this.toggle()
    else return
    event.preventDefault()
  }

  readonly #onKeyUp = (event: KeyboardEvent): void => {
    if (event.key.toLowerCase() === 'o') this.#stopComparing()
  }
}

async function loadPanel(explorer: Explorer): Promise<PanelModules> {
  const [{ ScrubPanel }, { createSensitivitySection }, { createEffectsSection }] = await Promise.all([
    import('./panel.js'),
    import('./sensitivity.js'),
    import('./effects.js'),
  ])
  return { ScrubPanel, sections: [createSensitivitySection(explorer), createEffectsSection(explorer)] }
}

async function loadModules<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    throw new FormatError(`what scrubs could not be loaded: ${lineOf(error)}`)
  }
}

function lineOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]
}
