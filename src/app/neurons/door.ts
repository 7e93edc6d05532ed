// The way inside: the buttons, the keys, and what is fetched when a net is first taken apart or a colour is first asked about.
// Whoever only looks at flags loads none of it.

import { html, nothing, render, type TemplateResult } from 'lit-html'
import { FormatError, UnsupportedError } from '../../model/errors.js'
import type { Explorer, InsideHost } from '../explorer.js'
import type { OpenFile } from '../open-file.js'
import type { NeuronState, PageState } from '../hash-state.js'
import type { Place } from '../places.js'
import type { Look, PlanePoint } from './look.js'
import type { NeuronSession } from './session.js'
import type { UnitAddress } from './surgery.js'
import type { Why } from './why.js'
import type { NeuronPlace } from './world.js'

export interface NeuronPageActions {
  readonly requestRender: () => void
  /** The panel has something to show: it is opened where it was closed. */
  readonly openPanel: () => void
}

interface Modules {
  readonly Look: typeof import('./look.js').Look
  readonly NeuronSession: typeof import('./session.js').NeuronSession
  readonly Why: typeof import('./why.js').Why
  readonly barTemplate: typeof import('./bar.js').barTemplate
  readonly marksTemplate: typeof import('./marks.js').marksTemplate
  readonly unitsTemplate: typeof import('./units-panel.js').unitsTemplate
  readonly whyTemplate: typeof import('./why-panel.js').whyTemplate
}

const DEFAULT_VIEW: NeuronState = { stage: 'post', centre: 'mean' }

export class NeuronDoor implements InsideHost {
  #modules: Modules | null = null
  #importing: Promise<Modules> | null = null
  #session: NeuronSession | null = null
  #why: Why | null = null
  #look: { readonly look: Look; readonly file: OpenFile } | null = null
  #isLoading = false
  /** As the units were seen last. */
  #lastView: NeuronState = DEFAULT_VIEW
  /** Counts what was asked for: only the last one counts. */
  #asked = 0

  /**
   * @param bar where the page has room for the bar
   * @param marks an empty element that covers the stage
   * @param stage what has the focus while the picture has it
   */
  constructor(
    private readonly explorer: Explorer,
    private readonly bar: HTMLElement,
    private readonly marks: HTMLElement,
    private readonly stage: HTMLElement,
    private readonly actions: NeuronPageActions,
  ) {
    explorer.insides = this
    window.addEventListener('keydown', this.#onKey)
  }

  /** The units that are seen; null while they are not. */
  get session(): NeuronSession | null {
    return this.#session?.isOpen ? this.#session : null
  }

  /** The point that is looked at; null before anything was. */
  get look(): Look | null {
    return this.#look?.look ?? null
  }

  /** What explains colours; null while it is not asked to. */
  get why(): Why | null {
    return this.#why?.isOpen && this.explorer.file ? this.#why : null
  }

  /** Whether what is open can be taken apart. */
  get isOffered(): boolean {
    const { file, viewer, isInside } = this.explorer
    return file !== null && (!viewer.isWorld || isInside)
  }

  // For the explorer.

  get state(): PageState['neurons'] {
    return this.session?.state ?? null
  }

  async restore(state: PageState['neurons']): Promise<void> {
    const { session } = this
    if (state === null) {
      if (session) await this.explorer.leaveInside()
    } else if (session) session.state = state
    else if (this.isOffered) await this.open(state, false)
  }

  back(): void {
    const { session, explorer } = this
    if (!session) return
    if (session.world.isHome) void this.close()
    else void explorer.flyHome()
  }

  // For the page and for scripts.

  /**
   * Takes what is open apart.
   * @param isFlown whether the camera flies out of the picture; else all is there at once
   * @throws with one line when nothing is open, or units cannot be drawn here
   */
  async open(view: NeuronState = this.#lastView, isFlown = true): Promise<NeuronSession> {
    const { explorer } = this
    const { file } = explorer
    if (this.session) {
      this.session.state = view
      return this.session
    }
    if (!file || !this.isOffered) throw new UnsupportedError('there is nothing to look into: no flag is open')
    const asked = ++this.#asked
    this.#isLoading = true
    this.actions.requestRender()
    try {
      const { NeuronSession } = await this.#load()
      await explorer.viewer.prepareFacets()
      if (asked !== this.#asked || explorer.file !== file || !this.isOffered)
        throw new DOMException('another file was opened meanwhile', 'AbortError')
      this.#session?.dispose()
      const surgery = {
        get current() {
          return explorer.scrub
        },
        begin: () => explorer.startScrubbing(),
      }
      const session = new NeuronSession(explorer, view, this.#lookAt(file), surgery, this.actions.requestRender)
      this.#session = session
      session.world.isHung = true
      explorer.showInside(session.world, isFlown)
      return session
    } finally {
      if (asked === this.#asked) this.#isLoading = false
      this.actions.requestRender()
    }
  }

  /** Shows the flag again. */
  async close(): Promise<void> {
    await this.explorer.leaveInside()
    this.actions.requestRender()
  }

  /** As {@link open} and {@link close}, for buttons and keys: what goes wrong is shown. */
  async toggle(): Promise<void> {
    await this.#attempt(async () => {
      if (this.session) await this.close()
      else await this.open()
    })
  }

  /** Explains the colour at a point, or at the one that is looked at. @throws with one line when nothing is open */
  async ask(point?: PlanePoint): Promise<Why> {
    const { file } = this.explorer
    if (!file || !this.isOffered) throw new UnsupportedError('there is no colour to explain: no flag is open')
    const { Why } = await this.#load()
    if (this.explorer.file !== file) throw new DOMException('another file was opened meanwhile', 'AbortError')
    const look = this.#lookAt(file)
    if (this.#why?.look !== look) {
      const { channel = 'red' } = this.#why ?? {}
      this.#why = new Why(look)
      this.#why.channel = channel
    }
    this.#why.isOpen = true
    if (point) look.pin(point)
    this.actions.openPanel()
    return this.#why
  }

  async toggleWhy(): Promise<void> {
    await this.#attempt(async () => {
      if (this.why) this.closeWhy()
      else await this.ask()
    })
  }

  closeWhy(): void {
    if (this.#why) {
      this.#why.isOpen = false
      this.#why.marked = null
      this.#why.look.unpin()
    }
    this.actions.requestRender()
  }

  /** A place of the view was clicked, or Enter was pressed on it: it is enlarged, or where it is, the point is pinned. */
  pick(place: Place, at: readonly [number, number] | null): void {
    const { session, explorer } = this
    if (!session) return
    const isEnlarged = session.world.isEnlarged(place)
    session.select(place)
    if (!isEnlarged) void explorer.diveInto(place)
    else this.#togglePin(at ? session.pointUnder(at) : session.pointUnder(this.#middle))
  }

  /** The flag's own picture was clicked, or Enter was pressed on it. */
  pickPoint(): void {
    const { probe } = this.explorer
    if (this.why && probe) this.#togglePin(probe)
  }

  #togglePin(point: PlanePoint | null): void {
    const look = this.#look?.look
    if (!look) return
    if (look.isPinned && !this.why) look.unpin()
    else if (point) look.pin({ x: point.x, y: point.y })
  }

  get #middle(): readonly [number, number] {
    const { viewport, pixelRatio } = this.explorer.viewer
    return [viewport.width / 2 / pixelRatio, viewport.height / 2 / pixelRatio]
  }

  get buttons(): TemplateResult | typeof nothing {
    const { session, why, explorer } = this
    if (!this.isOffered) return nothing
    return html`${
        explorer.isInside
          ? nothing
          : html`<button
              type="button"
              class="inside"
              title="Every unit of the net as a picture (N)"
              aria-expanded=${session !== null}
              aria-controls="neurons"
              ?disabled=${this.#isLoading}
              @click=${() => void this.toggle()}
            >
              ${this.#isLoading ? 'Loading…' : 'Look inside'}
            </button>`
      }<button
        type="button"
        class="why-button"
        aria-label="Why this colour?"
        title="Why is this pixel the colour it is? (Y)"
        aria-pressed=${why !== null}
        @click=${() => void this.toggleWhy()}
      >
        ?
      </button>`
  }

  /** What is under the pointer, or the keyboard is at: a unit and what it gives. */
  get readout(): TemplateResult | typeof nothing {
    const { session } = this
    const place = session?.hovered ?? session?.world.selected
    return session && place ? html`<span class="probe">${session.describe(place as NeuronPlace)}</span>` : nothing
  }

  /** What stands first in the panel. */
  get sections(): TemplateResult | typeof nothing {
    const { session, why, explorer } = this
    const modules = this.#modules
    const { network, frame } = explorer.viewer
    if (!modules || !network || !frame) return nothing
    const choose = (address: UnitAddress) => {
      const place = this.session?.world.placeAt(address.layer, address.unit)
      if (place) this.session?.select(place)
      if (place) void explorer.diveInto(place)
    }
    const { requestRender } = this.actions
    return html`${session ? modules.unitsTemplate(session, choose) : nothing}${
      why ? modules.whyTemplate(why, network, frame, { close: () => this.closeWhy(), requestRender, choose }) : nothing
    }`
  }

  /** Renders the bar and the marks. @returns whether the page has to make room for the bar */
  render(): boolean {
    if (this.#session && !this.#session.isOpen) {
      this.#lastView = this.#session.state
      this.#session.dispose()
      this.#session = null
    }
    const { session, why, explorer } = this
    const modules = this.#modules
    session?.follow()
    if (!session && why && explorer.probe) why.look.follow(explorer.probe)
    const marked = why?.marked ?? null
    render(
      session && modules
        ? modules.barTemplate(session, {
            close: () => void this.#closeByButton(),
            attempt: action => void this.#attempt(action),
            why: () => void this.toggleWhy(),
            isWhyOpen: why !== null,
          })
        : nothing,
      this.bar,
    )
    const look = this.#look?.look
    render(
      modules && look && (session || why?.look.isPinned)
        ? modules.marksTemplate(explorer, session, look, marked)
        : nothing,
      this.marks,
    )
    return session !== null
  }

  async #closeByButton(): Promise<void> {
    await this.close()
    this.stage.focus()
  }

  /** Letters that were typed on the view, which search on a wall. */
  readonly onLetter = (letter: string): void => {
    const { session } = this
    if (!session) return
    const unit = session.selected
    const act = (action: () => void | Promise<void>) => void this.#attempt(action)
    switch (letter.toLowerCase()) {
      case 'n':
        act(() => this.close())
        break
      case 'y':
        act(() => this.toggleWhy())
        break
      case 'p':
        session.state = { ...session.state, stage: session.nextStage }
        break
      case 'm':
        session.state = { ...session.state, centre: session.state.centre === 'mean' ? 'zero' : 'mean' }
        break
      case 's':
        if (unit) act(() => session.silence(unit))
        break
      case 'i':
        if (unit) act(() => session.isolate(unit))
        break
      case 'b':
        if (unit) act(() => session.boost(unit))
        break
      case 'u':
        act(() => session.undo())
        break
      default:
    }
  }

  /** On the flag itself. */
  readonly #onKey = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement
    const isOurs = target === this.stage || target === document.body
    if (!isOurs || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
    const { explorer } = this
    if (explorer.viewer.isWorld || !explorer.file || explorer.isLoading) return
    const key = event.key.toLowerCase()
    if (key === 'n') void this.toggle()
    else if (key === 'y') void this.toggleWhy()
    else if (key === 'enter' && this.why) this.pickPoint()
    else return
    event.preventDefault()
  }

  #lookAt(file: OpenFile): Look {
    const known = this.#look
    if (known && (known.file === file || known.file.url === file.url)) return known.look
    const { Look } = this.#modules as Modules
    const { frame, probe } = this.explorer
    const middle = frame ? { x: (frame.x[0] + frame.x[1]) / 2, y: (frame.y[0] + frame.y[1]) / 2 } : { x: 0, y: 0 }
    const look = new Look(probe ? { x: probe.x, y: probe.y } : middle, this.actions.requestRender)
    this.#look = { look, file }
    return look
  }

  async #attempt(action: () => void | Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      this.explorer.sayError(error)
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
      const [
        { Look },
        { NeuronSession },
        { Why },
        { barTemplate },
        { marksTemplate },
        { unitsTemplate },
        { whyTemplate },
      ] = await Promise.all([
        import('./look.js'),
        import('./session.js'),
        import('./why.js'),
        import('./bar.js'),
        import('./marks.js'),
        import('./units-panel.js'),
        import('./why-panel.js'),
      ])
      return { Look, NeuronSession, Why, barTemplate, marksTemplate, unitsTemplate, whyTemplate }
    } catch (error) {
      throw new FormatError(
        `what shows the units could not be loaded: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }
}
