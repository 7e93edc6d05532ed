// Comparing by a line that is moved over the picture: on its right the open net as it is, on its left the file as it came, the target of a
// training, or another flag. What draws that is fetched with the first comparison.

import { html, nothing, render, type TemplateResult } from 'lit-html'
import { live } from 'lit-html/directives/live.js'
import { UnsupportedError } from '../../model/errors.js'
import { printableName } from '../../model/printable.js'
import type { View } from '../../model/view.js'
import type { Item } from '../../world/item.js'
import { valueOf } from '../fields.js'
import { isKey, KEYS } from '../keys.js'
import { Lazy } from '../lazy.js'
import { lineOf } from '../messages.js'
import type { Page } from '../page.js'
import { COMPARE_PART, type Compared, type ComparedState, type CompareState, MIDDLE } from './address.js'
import type { Beside, OtherNet } from './beside.js'

/** A picture of pixels, drawn where a view sees it. */
export interface PixelPane {
  readonly canvas: HTMLCanvasElement
  draw(item: Item | null, view: View | null): void
}

export interface CompareHost {
  /** What is being learned by the open net; null where it is not being trained. */
  readonly target: () => PixelPane | null
  /** The panel has something to choose: it is opened where it was closed. */
  readonly openPanel: () => void
}

/** What the open net is held against. */
type Other =
  | { readonly kind: '@original' | '@target' }
  | { readonly kind: 'flag'; readonly code: string; readonly name: string; readonly net: OtherNet }

/** By the keyboard, percent. */
const STEP = 2
const FAR_STEP = 10

const load = async () => {
  const [{ Beside }, { lineTemplate }] = await Promise.all([import('./beside.js'), import('./line.js')])
  return { Beside, lineTemplate }
}

export class CompareFeature {
  readonly #modules = new Lazy('what compares', load)
  #beside: Beside | null = null
  #other: Other | null = null
  /** Of the file that was open when it began. */
  #key: string | null = null
  /** Where the line is, percent of the picture's width. */
  #position = MIDDLE
  #lastFlag: Compared = ''

  /**
   * @param place an empty element that covers the picture
   * @param stage what has the focus while the picture has it
   */
  constructor(
    private readonly page: Page,
    private readonly place: HTMLElement,
    private readonly stage: HTMLElement,
    private readonly host: CompareHost,
  ) {
    page.address.register(COMPARE_PART, () => this.state)
    page.opened.changed.subscribe(() => {
      if (this.#other && (page.opened.file?.key !== this.#key || !this.#isThere(this.#other))) this.close()
    })
    window.addEventListener('keydown', this.#onKey)
  }

  get isOn(): boolean {
    return this.#other !== null
  }

  /** As the address has it. */
  get state(): ComparedState | null {
    const other = this.#other
    return other && { other: nameOf(other), position: Math.round(this.#position) }
  }

  /** Compares as an address has it. @returns why it cannot be, in a line; null for nothing */
  async restore({ compare }: Pick<CompareState, 'compare'>): Promise<string | null> {
    if (compare === null) {
      if (this.isOn) this.close()
      return null
    }
    this.#move(compare.position)
    if (this.state?.other === compare.other) return null
    try {
      return (await this.#begin(compare.other)) ? null : 'link: compare: there is nothing to be compared with'
    } catch (error) {
      return `link: compare: ${lineOf(error)}`
    }
  }

  /** Compares with the file as it came, or ends that. */
  async toggleOriginal(): Promise<void> {
    await this.#try(this.#other?.kind === '@original' ? '' : '@original')
  }

  close(): void {
    const hadFocus = this.place.contains(document.activeElement)
    this.#other = null
    this.#beside?.dispose()
    this.#beside = null
    this.page.address.schedule()
    this.page.requestRender()
    if (hadFocus) this.stage.focus()
  }

  /** Compares with what a choice of the panel names; '' for nothing. What goes wrong is told. @returns whether it compares now */
  async #try(choice: Compared): Promise<boolean> {
    if (choice === '') {
      this.close()
      return false
    }
    await this.page.messages.attempt(async () => {
      await this.#begin(choice)
    })
    return this.isOn
  }

  /** @returns false where there is nothing to be held against, or another file came meanwhile @throws with one line */
  async #begin(choice: Compared): Promise<boolean> {
    const { opened, address, requestRender } = this.page
    const { file } = opened
    if (!file) throw new UnsupportedError('there is nothing to compare: no flag is open')
    const [{ Beside }, other] = await Promise.all([this.#modules.get(), this.#otherOf(choice)])
    if (opened.file?.key !== file.key || !this.#isThere(other)) return false
    this.#beside ??= new Beside(requestRender)
    this.#other = other
    this.#key = file.key
    address.schedule()
    requestRender()
    return true
  }

  async #otherOf(choice: Compared): Promise<Other> {
    const kind = (['@original', '@target'] as const).find(kind => kind === choice)
    if (kind) return { kind }
    const { wall } = this.page
    const network = await wall.network(choice)
    const flag = wall.flagOf(choice)
    if (!flag) throw new UnsupportedError('that flag does not hang on the wall any more')
    this.#lastFlag = choice
    return {
      kind: 'flag',
      code: choice,
      name: printableName(flag.name),
      net: { network, frame: wall.anchorOf(flag).frame },
    }
  }

  /** Whether there is something to be held against. */
  #isThere({ kind }: Other): boolean {
    const { opened } = this.page
    if (kind === '@original') return opened.overlay('edits') !== null
    return kind === 'flag' || this.host.target() !== null
  }

  /** What stands in the panel: with what it is to be compared. */
  get section(): TemplateResult | typeof nothing {
    const { places, opened, wall } = this.page
    if (!places.isFlagSeen) return nothing
    const other = this.#other
    const chosen = other === null ? '' : nameOf(other)
    const option = (value: string, text: string) =>
      html`<option value=${value} ?selected=${value === chosen}>${text}</option>`
    return html`
      <section aria-labelledby="compare-title">
        <h2 id="compare-title">Compare</h2>
        <label class="row"
          ><span>Beside a line</span>
          <select id="compare-with" .value=${live(chosen)} @change=${(event: Event) => void this.#try(valueOf(event))}>
            ${option('', 'nothing')} ${opened.overlay('edits') ? option('@original', 'the file as it came') : nothing}
            ${this.host.target() ? option('@target', 'the target') : nothing}
            ${wall.flags.map(({ code, name }) => option(code, printableName(name)))}
          </select>
        </label>
      </section>
    `
  }

  /** Draws the line and what is on its left, where a flag is seen alone. */
  render(): void {
    const { viewer, places, opened } = this.page
    const { view, item, viewport } = viewer
    const modules = this.#modules.loaded
    const other = this.#other
    const beside = this.#beside
    const { frame, file } = opened
    if (!modules || !other || !beside || !view || !frame || !file || places.kind !== 'flag' || viewport.width === 0) {
      render(nothing, this.place)
      return
    }
    const pane = other.kind === '@target' ? this.host.target() : null
    if (other.kind === 'flag') beside.draw(other.net, frame, view, viewport)
    else if (other.kind === '@original') beside.draw(this.#original(), frame, view, viewport)
    const names = { '@original': ['as it came', 'as it is'], '@target': ['target', 'net'] } as const
    const openName = printableName(places.openFlag?.name ?? file.name)
    const [left, right] = other.kind === 'flag' ? [other.name, openName] : names[other.kind]
    render(
      modules.lineTemplate({
        canvas: pane?.canvas ?? beside.canvas,
        position: this.#position,
        left,
        right,
        problem: beside.problem,
        move: position => this.#move(position),
        onKey: event => this.#onLineKey(event),
        close: () => this.close(),
      }),
      this.place,
    )
    // It knows its size once it is in the page.
    pane?.draw(item, view)
  }

  /** The same object as long as it is the same net in the same frame. */
  #original(): OtherNet {
    const { file, frame } = this.page.opened
    if (!file || !frame) throw new Error('nothing is open')
    return { network: file.network, frame }
  }

  #move(position: number): void {
    this.#position = Math.min(100, Math.max(0, position))
    this.page.address.schedule()
    this.page.requestRender()
  }

  #onLineKey(event: KeyboardEvent): void {
    const step = event.shiftKey ? FAR_STEP : STEP
    const targets: Readonly<Record<string, number>> = {
      ArrowLeft: this.#position - step,
      ArrowDown: this.#position - step,
      ArrowRight: this.#position + step,
      ArrowUp: this.#position + step,
      PageDown: this.#position - FAR_STEP,
      PageUp: this.#position + FAR_STEP,
      Home: 0,
      End: 100,
    }
    const target = targets[event.key]
    if (target !== undefined) this.#move(target)
    else if (event.key === 'Escape') this.close()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  /** The key compares with what lies nearest: the file as it came, the target, the flag of the last time; else it asks. */
  readonly #onKey = (event: KeyboardEvent): void => {
    const { target, repeat } = event
    if (event.ctrlKey || event.metaKey || event.altKey || repeat || !isKey(event, KEYS.swipe)) return
    if ((target as HTMLElement).matches('input, textarea, select') || (target as HTMLElement).closest('dialog')) return
    if (this.page.places.kind !== 'flag' || this.page.opened.isLoading) return
    event.preventDefault()
    void this.#toggleByKey()
  }

  async #toggleByKey(): Promise<void> {
    if (this.isOn) {
      this.close()
      return
    }
    const choice = this.page.opened.overlay('edits') ? '@original' : this.host.target() ? '@target' : this.#lastFlag
    if (choice === '') this.host.openPanel()
    else if (!(await this.#try(choice))) return
    // The line, or the list, is in the page after the frame that is asked for by now.
    const id = choice === '' ? 'compare-with' : 'compare-line'
    requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById(id)?.focus()))
  }
}

function nameOf(other: Other): Compared {
  return other.kind === 'flag' ? other.code : other.kind
}
