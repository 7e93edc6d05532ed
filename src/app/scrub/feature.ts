// The way to scrubbing: the button, the keys, and what is fetched with the first edit or the first look at the panel.

import { html, nothing, render, type TemplateResult } from 'lit-html'
import type { Edits } from '../../edit/edits.js'
import { isPlainChain } from '../../model/architecture.js'
import { UnsupportedError } from '../../model/errors.js'
import { requirePlainChain } from '../../open/open-file.js'
import { isKey, KEYS } from '../keys.js'
import { Lazy } from '../lazy.js'
import { lineOf, openedMeanwhile } from '../messages.js'
import type { Page } from '../page.js'
import { EDITS_PART, ONLY_HERE, type ScrubState } from './address.js'
import type { ScrubPanel } from './panel.js'
import type { ScrubSession } from './session.js'

const loadEditing = async () => {
  const [{ ScrubSession }, codec, { editedTemplate }] = await Promise.all([
    import('./session.js'),
    import('../../edit/codec.js'),
    import('./edited-template.js'),
  ])
  return { ScrubSession, codec, editedTemplate }
}

const loadPanel = async () => {
  const [{ ScrubPanel }, { createSensitivitySection }, { createEffectsSection }] = await Promise.all([
    import('./panel.js'),
    import('./sensitivity.js'),
    import('./effects-section.js'),
  ])
  return { ScrubPanel, createSensitivitySection, createEffectsSection }
}

export class ScrubFeature {
  readonly #editing = new Lazy('what scrubs', loadEditing)
  readonly #panelModules = new Lazy('what scrubs', loadPanel)
  #session: ScrubSession | null = null
  #panel: ScrubPanel | null = null
  #isPanelWanted = false
  #isLoading = false
  /** The text of the edits, as long as they are the same; null where it is too long for a link. */
  #spelled: { readonly edits: Edits; readonly text: string | null } | null = null

  /**
   * @param place where the page has room for the panel
   * @param title what stands beside the title
   * @param stage what has the focus while the picture has it
   * @param onOpen called when the panel was opened: what stands in its place goes
   * @param compareBeside compares with the file as it came beside a line, or ends that
   */
  constructor(
    private readonly page: Page,
    private readonly place: HTMLElement,
    private readonly title: HTMLElement,
    private readonly stage: HTMLElement,
    private readonly onOpen: () => void,
    private readonly compareBeside: () => void,
  ) {
    page.address.register(EDITS_PART, () => this.text ?? (this.#isEdited ? ONLY_HERE : null))
    // What was left is not edited any more; what is opened again is as it was left.
    page.opened.changed.subscribe(() => {
      this.#endClosed()
      this.#resume()
    })
    window.addEventListener('keydown', this.#onKey)
    window.addEventListener('keyup', this.#onKeyUp)
    window.addEventListener('blur', this.#stopComparing)
  }

  get session(): ScrubSession | null {
    return this.#session?.isOpen ? this.#session : null
  }

  /** The edits as a link spells them; null for none, and for more than a link can hold. */
  get text(): string | null {
    const { session } = this
    const codec = this.#editing.loaded?.codec
    if (!session || !codec || session.isUnedited) return null
    const { edits, parameters, precision } = session
    if (this.#spelled?.edits !== edits) this.#spelled = { edits, text: codec.linkText(edits, parameters, precision) }
    return this.#spelled.text
  }

  /** Makes the edits of an address those of what is open. @returns what is wrong with them, in a line; null for nothing */
  async restore({ edits: text }: ScrubState): Promise<string | null> {
    if (text === this.text && (text !== null || !this.#isEdited)) return null
    const { file } = this.page.opened
    if (!file || (text === null && !this.session)) return null
    if (text === ONLY_HERE)
      return this.#isEdited ? null : 'link: edits: more than a link holds; they stayed in the browser that made them'
    try {
      const session = await this.open()
      const { codec } = await this.#editing.get()
      if (text === null) {
        session.reset()
        this.page.messages.say('the link shows the file as it came; Ctrl+Z brings your edits back')
      } else {
        const edits = codec.parseEdits(text, session.parameters, session.precision)
        await this.#loadTargets(session, edits)
        if (this.page.opened.file === file) session.apply(edits)
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
    const { opened } = this.page
    const { file } = opened
    if (!file) throw new UnsupportedError('no file is open')
    requirePlainChain(file, 'scrubbing')
    const { ScrubSession } = await this.#editing.get()
    if (opened.file !== file) throw openedMeanwhile()
    this.#session = this.session ?? new ScrubSession(this.page)
    this.#session.resume()
    return this.#session
  }

  get #isEdited(): boolean {
    return this.session !== null && !this.session.isUnedited
  }

  /** Edits what is open as it was left, where it was. What edits is there: whatever was edited was edited with it. */
  #resume(): void {
    const { opened, kept, messages } = this.page
    const { file } = opened
    const editing = this.#editing.loaded
    if (!file || !editing || this.session || opened.isTraining || !kept.isEdited(file.key)) return
    try {
      this.#session = new editing.ScrubSession(this.page)
      this.#session.resume()
    } catch (error) {
      messages.sayError(error)
    }
  }

  /** Whether the page has to make room for the panel. */
  get isOpen(): boolean {
    return this.#panel !== null && this.session !== null
  }

  /** Opens the panel. @throws as {@link open} */
  async openPanel(): Promise<void> {
    this.#isPanelWanted = true
    this.#isLoading = true
    this.page.requestRender()
    try {
      const [session, modules] = await Promise.all([this.open(), this.#panelModules.get()])
      if (!this.#isPanelWanted || this.#panel?.session === session) return
      this.#closePanel()
      const isLinkable = () => session.isUnedited || this.text !== null
      this.#panel = new modules.ScrubPanel(this.page, session, this.place, { isLinkable, close: () => this.close() }, [
        modules.createSensitivitySection(this.page),
        modules.createEffectsSection(this.page),
      ])
      this.onOpen()
    } finally {
      this.#isLoading = false
      this.page.requestRender()
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
      this.page.messages.sayError(error)
    }
  }

  /** Closes the panel; the edits stay. */
  close(): void {
    const hadFocus = this.place.contains(document.activeElement)
    this.#isPanelWanted = false
    this.#closePanel()
    this.page.requestRender()
    if (hadFocus) this.stage.focus()
  }

  toggle(): void {
    if (this.isOpen) this.close()
    else void this.tryOpen()
  }

  /** The button that opens the panel; nothing on the wall. */
  get button(): TemplateResult | typeof nothing {
    const { file } = this.page.opened
    if (!this.page.places.isFlagSeen || (file && !isPlainChain(file.network.architecture))) return nothing
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

  #endClosed(): void {
    if (!this.#session || this.session) return
    this.#session = null
    this.#closePanel()
    // A panel that was open is there for the next file as well.
    const { file } = this.page.opened
    if (this.#isPanelWanted && file && isPlainChain(file.network.architecture) && !this.#isLoading)
      void this.openPanel().catch(error => this.page.messages.sayError(error))
  }

  /** Renders the panel. @returns whether the page has to make room for it */
  render(): boolean {
    this.#panel?.render()
    const { session } = this
    const isSaid = session !== null && this.#isEdited && session.obstacle === null && this.page.places.isFlagSeen
    render(
      (isSaid && this.#editing.loaded?.editedTemplate(session, this.page, this.compareBeside)) || nothing,
      this.title,
    )
    return this.isOpen
  }

  /** Loads the networks that edits morph towards. */
  async #loadTargets(session: ScrubSession, { effects }: Edits): Promise<void> {
    for (const effect of effects) {
      if (effect.kind !== 'morph' || session.targets.has(effect.target)) continue
      const { loadMorphTarget } = await import('./morph-targets.js')
      session.targets.set(effect.target, await loadMorphTarget(this.page, session.original, effect.target))
    }
  }

  #closePanel(): void {
    this.#panel?.dispose()
    this.#panel = null
  }

  readonly #stopComparing = (): void => {
    if (this.session) this.session.isComparing = false
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement
    if (target.matches('input:not([type=checkbox], [type=range]), textarea') || target.closest('dialog')) return
    const { session } = this
    const isControl = event.ctrlKey || event.metaKey
    const key = event.key.toLowerCase()
    if (isControl && !event.altKey && (isKey(event, KEYS.undo) || key === 'y')) {
      if (!session) return
      event.preventDefault()
      const isRedo = key === 'y' || event.shiftKey
      try {
        if (isRedo) session.redo()
        else session.undo()
      } catch (error) {
        this.page.messages.sayError(error)
      }
      return
    }
    if (isControl || event.altKey || !this.page.places.isFlagSeen) return
    if (isKey(event, KEYS.compare) && session && !session.isUnedited) session.isComparing = true
    else if (isKey(event, KEYS.scrub) && !event.repeat && !target.matches('select')) this.toggle()
    else return
    event.preventDefault()
  }

  readonly #onKeyUp = (event: KeyboardEvent): void => {
    if (isKey(event, KEYS.compare)) this.#stopComparing()
  }
}
