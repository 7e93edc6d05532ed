// The way inside: the buttons, the keys, and what is fetched when a net is first taken apart or a colour is first asked about.

import { html, nothing, render, type TemplateResult } from 'lit-html'
import { isPlainChain } from '../../model/architecture.js'
import { UnsupportedError } from '../../model/errors.js'
import { isKey, type KeyCommand, KEYS } from '../keys.js'
import { Lazy } from '../lazy.js'
import { openedMeanwhile } from '../messages.js'
import { type OpenFile, requirePlainChain } from '../../open/open-file.js'
import type { Page } from '../page.js'
import type { Spot } from '../places/place.js'
import { NEURONS_PART, type NeuronsState, type UnitColours } from './address.js'
import type { Look, PlanePoint } from './look.js'
import type { NeuronSession } from './session.js'
import type { Surgery, UnitAddress } from './surgery.js'
import type { UnitSpot } from './units-place.js'
import type { Why } from './why.js'

export interface NeuronsHost {
  /** The panel has something to show: it is opened where it was closed. */
  readonly openPanel: () => void
  /** What changes units. */
  readonly surgery: Surgery
}

const loadModules = async () => {
  const [
    { Look },
    { NeuronSession },
    { Why },
    { barTemplate },
    { marksTemplate },
    { unitsTemplate },
    { whyTemplate },
    { worthTemplate },
  ] = await Promise.all([
    import('./look.js'),
    import('./session.js'),
    import('./why.js'),
    import('./bar.js'),
    import('./marks.js'),
    import('./units-panel.js'),
    import('./why-panel.js'),
    import('./worth-template.js'),
  ])
  return { Look, NeuronSession, Why, barTemplate, marksTemplate, unitsTemplate, whyTemplate, worthTemplate }
}

const DEFAULT_VIEW: UnitColours = { stage: 'post', centre: 'mean' }

export class NeuronsFeature {
  readonly #modules = new Lazy('what shows the units', loadModules)
  #session: NeuronSession | null = null
  #why: Why | null = null
  #look: { readonly look: Look; readonly file: OpenFile } | null = null
  #isLoading = false
  /** As the units were seen last. */
  #lastView: UnitColours = DEFAULT_VIEW
  /** Counts what was asked for: only the last one counts. */
  #asked = 0

  /**
   * @param bar where the page has room for the bar
   * @param marks an empty element that covers the stage
   * @param inset where the page has room over the picture
   * @param stage what has the focus while the picture has it
   */
  constructor(
    private readonly page: Page,
    private readonly bar: HTMLElement,
    private readonly marks: HTMLElement,
    private readonly inset: HTMLElement,
    private readonly stage: HTMLElement,
    private readonly host: NeuronsHost,
  ) {
    page.address.register(NEURONS_PART, () => this.session?.state ?? null)
    for (const { changed } of [page.opened, page.places, page.probe]) changed.subscribe(() => this.#follow())
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
    return this.#why?.isOpen && this.page.opened.file ? this.#why : null
  }

  /** Shows the units as an address has them, or the flag. */
  async restore({ neurons: colours }: Pick<NeuronsState, 'neurons'>): Promise<null> {
    const { session } = this
    if (colours === null) {
      if (session) await this.page.places.leaveUnits()
    } else if (session) session.state = colours
    else if (this.page.places.isFlagSeen) await this.open(colours, false)
    return null
  }

  /**
   * Takes what is open apart.
   * @param isFlown whether the camera flies out of the picture; else all is there at once
   * @throws with one line when nothing is open, or units cannot be drawn here
   */
  async open(view: UnitColours = this.#lastView, isFlown = true): Promise<NeuronSession> {
    const { opened, places, viewer, requestRender } = this.page
    const { file } = opened
    if (this.session) {
      this.session.state = view
      return this.session
    }
    if (!file || !this.page.places.isFlagSeen)
      throw new UnsupportedError('there is nothing to look into: no flag is open')
    requirePlainChain(file, 'looking inside')
    const asked = ++this.#asked
    this.#isLoading = true
    requestRender()
    try {
      const { NeuronSession, Look } = await this.#modules.get()
      await viewer.contents.prepareFacets()
      if (asked !== this.#asked || opened.file !== file || !places.isFlagSeen) throw openedMeanwhile()
      this.#session?.dispose()
      const session = new NeuronSession(this.page, view, this.#lookAt(file, Look), this.host.surgery, () =>
        this.#back(),
      )
      this.#session = session
      places.showUnits(session.place, isFlown)
      return session
    } finally {
      if (asked === this.#asked) this.#isLoading = false
      requestRender()
    }
  }

  /** Escape: from one unit to all of them, from all of them to the flag. */
  #back(): void {
    if (this.session?.place.isHome) void this.close()
    else void this.page.places.movement.flyHome()
  }

  /** Shows the flag again. */
  async close(): Promise<void> {
    await this.page.places.leaveUnits()
    this.page.requestRender()
  }

  /** As {@link open} and {@link close}, for buttons and keys: what goes wrong is shown. */
  async toggle(): Promise<void> {
    await this.page.messages.attempt(async () => {
      if (this.session) await this.close()
      else await this.open()
    })
  }

  /** Explains the colour at a point, or at the one that is looked at. @throws with one line when nothing is open */
  async ask(point?: PlanePoint): Promise<Why> {
    const { opened, places } = this.page
    const { file } = opened
    if (!file || !places.isFlagSeen) throw new UnsupportedError('there is no colour to explain: no flag is open')
    requirePlainChain(file, 'the explanation of colours')
    const { Why, Look } = await this.#modules.get()
    if (opened.file !== file) throw openedMeanwhile()
    const look = this.#lookAt(file, Look)
    if (this.#why?.look !== look) {
      const { channel = 'red' } = this.#why ?? {}
      this.#why = new Why(look)
      this.#why.channel = channel
    }
    this.#why.isOpen = true
    if (point) look.pin(point)
    this.host.openPanel()
    return this.#why
  }

  async toggleWhy(): Promise<void> {
    await this.page.messages.attempt(async () => {
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
    this.page.requestRender()
  }

  /** A spot of the view was clicked, or Enter was pressed on it: it is enlarged, or where it is, the point is pinned. */
  pick(spot: Spot, pixel: readonly [number, number] = [0, 0]): void {
    const { session } = this
    if (!session) return
    const isEnlarged = session.place.isEnlarged(spot)
    session.select(spot)
    if (isEnlarged) this.#togglePin(session.pointUnder(pixel))
    else void this.page.places.flyInto(spot)
  }

  /** The flag's own picture was clicked, or Enter was pressed on it. */
  pickPoint(): void {
    const { point } = this.page.probe
    if (this.why && point) this.#togglePin(point)
  }

  #togglePin(point: PlanePoint | null): void {
    const look = this.#look?.look
    if (!look) return
    if (look.isPinned && !this.why) look.unpin()
    else if (point) look.pin({ x: point.x, y: point.y })
  }

  get buttons(): TemplateResult | typeof nothing {
    const { session, why } = this
    const { places, opened } = this.page
    if (!places.isFlagSeen || (opened.file && !isPlainChain(opened.file.network.architecture))) return nothing
    return html`${
        places.isUnits
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
        title="Why is this pixel the colour it is? (Y)"
        aria-pressed=${why !== null}
        @click=${() => void this.toggleWhy()}
      >
        Why this colour?
      </button>`
  }

  /** What is under the pointer, or the keyboard is at: a unit and what it gives. */
  get readout(): TemplateResult | typeof nothing {
    const { session } = this
    const spot = session?.hovered ?? session?.place.selected
    return session && spot ? html`<span class="probe">${session.describe(spot as UnitSpot)}</span>` : nothing
  }

  /** What stands first in the panel. */
  get sections(): TemplateResult | typeof nothing {
    const { session, why } = this
    const modules = this.#modules.loaded
    const { network, frame } = this.page.viewer
    if (!modules || !network || !frame) return nothing
    const choose = (address: UnitAddress) => {
      const spot = this.session?.place.spotAt(address.layer, address.unit)
      if (!spot) return
      this.session?.select(spot)
      void this.page.places.flyInto(spot)
    }
    const { requestRender } = this.page
    return html`${session ? modules.unitsTemplate(session, choose) : nothing}${
      why ? modules.whyTemplate(why, network, frame, { close: () => this.closeWhy(), requestRender, choose }) : nothing
    }`
  }

  /** Follows what is seen: units that are not seen any more are given up, colours and the point that is looked at come along. */
  #follow(): void {
    if (this.#session && !this.#session.isOpen) {
      this.#lastView = this.#session.state
      this.#session.dispose()
      this.#session = null
    }
    const { session, why } = this
    const { point } = this.page.probe
    session?.follow()
    if (!session && why && point) why.look.follow(point)
  }

  /** Renders the bar and the marks. @returns whether the page has to make room for the bar */
  render(): boolean {
    const { session, why } = this
    const modules = this.#modules.loaded
    const marked = why?.marked ?? null
    render(
      session && modules
        ? modules.barTemplate(session, {
            close: () => void this.#closeByButton(),
            attempt: action => void this.page.messages.attempt(action),
            why: () => void this.toggleWhy(),
            isWhyOpen: why !== null,
          })
        : nothing,
      this.bar,
    )
    render(
      session?.selected && modules ? modules.worthTemplate(session.worth, session.nameOf(session.selected)) : nothing,
      this.inset,
    )
    const look = this.#look?.look
    render(
      modules && look && (session || why?.look.isPinned)
        ? modules.marksTemplate(this.page.viewer, session, look, marked)
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
    const act = (action: () => void | Promise<void>) => void this.page.messages.attempt(action)
    const is = (command: KeyCommand) => isKey({ key: letter }, command)
    if (is(KEYS.inside)) act(() => this.close())
    else if (is(KEYS.why)) act(() => this.toggleWhy())
    else if (is(KEYS.stage)) session.state = { ...session.state, stage: session.nextStage }
    else if (is(KEYS.centre))
      session.state = { ...session.state, centre: session.state.centre === 'mean' ? 'zero' : 'mean' }
    else if (is(KEYS.wires)) session.toggleWires()
    else if (is(KEYS.takeBack)) act(() => session.undo())
    else if (!unit) return
    else if (is(KEYS.silence)) act(() => session.silence(unit))
    else if (is(KEYS.isolate)) act(() => session.isolate(unit))
    else if (is(KEYS.boost)) act(() => session.boost(unit))
  }

  /** On the flag itself. */
  readonly #onKey = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement
    const isOurs = target === this.stage || target === document.body
    if (!isOurs || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
    const { places, opened } = this.page
    if (places.kind !== 'flag' || opened.isLoading) return
    if (isKey(event, KEYS.inside)) void this.toggle()
    else if (isKey(event, KEYS.why)) void this.toggleWhy()
    else if (isKey(event, KEYS.pin) && this.why) this.pickPoint()
    else return
    event.preventDefault()
  }

  #lookAt(file: OpenFile, LookClass: typeof Look): Look {
    const known = this.#look
    if (known && (known.file === file || known.file.url === file.url)) return known.look
    const { frame } = this.page.opened
    const { point } = this.page.probe
    const middle = frame ? { x: (frame.x[0] + frame.x[1]) / 2, y: (frame.y[0] + frame.y[1]) / 2 } : { x: 0, y: 0 }
    const look = new LookClass(point ? { x: point.x, y: point.y } : middle, this.page.requestRender)
    this.#look = { look, file }
    return look
  }
}
