// The panel of all parameters, put together for a session: cells, edits, comparison and sections, and the tab of them that is seen.

import { render } from 'lit-html'
import { lineOf } from '../messages.js'
import type { Page } from '../page.js'
import { networkFile } from '../saving.js'
import { CellGestures } from './cell-gestures.js'
import { CellSelection } from './cell-selection.js'
import { LiveComparison } from './comparison.js'
import type { MutateSheet } from './mutate-sheet.js'
import { MatrixPainter } from './matrix-painter.js'
import { cellSize } from './matrices-layout.js'
import { PanelEdits } from './panel-edits.js'
import { PanelFocus } from './panel-focus.js'
import { panelTemplate, type PanelParts } from './panel-template.js'
import type { CreateSection, ScrubPlace, ScrubSection } from './section.js'
import type { ScrubSession } from './session.js'
import './scrub.css'

export interface ScrubPanelActions {
  readonly close: () => void
  /** Whether the address holds the edits. */
  readonly isLinkable: () => boolean
}

/** Width of the panel before it is there, CSS pixels. */
const USUAL_WIDTH = 340

export class ScrubPanel implements PanelParts {
  readonly selection: CellSelection
  readonly edits: PanelEdits
  readonly focus: PanelFocus
  readonly gestures: CellGestures
  readonly comparison: LiveComparison
  isDifferenceShown = false
  /** The tab that is seen: null for the parameters, else its section. */
  tab: ScrubSection | null = null
  readonly #painter: MatrixPainter
  readonly #sections: readonly ScrubSection[]
  readonly #resizeObserver: ResizeObserver
  #sheet: MutateSheet | null = null

  /** @param place the empty element that the panel fills */
  constructor(
    private readonly page: Page,
    readonly session: ScrubSession,
    private readonly place: HTMLElement,
    private readonly actions: ScrubPanelActions,
    sections: readonly CreateSection[],
  ) {
    const { requestRender } = page
    this.selection = new CellSelection(session, requestRender)
    this.edits = new PanelEdits(session, this.selection, requestRender)
    this.focus = new PanelFocus(place, () => this.render())
    this.gestures = new CellGestures(this.selection, this.edits, this.focus, {
      cellSize: () => this.cellSize,
      close: actions.close,
    })
    this.comparison = new LiveComparison(page.opened, session, requestRender)
    this.#painter = new MatrixPainter(session, this.selection)
    const own = this.#sectionPlace()
    this.#sections = sections.map(create => create(own))
    this.#resizeObserver = new ResizeObserver(() => requestRender())
    this.#resizeObserver.observe(place)
  }

  dispose(): void {
    // A field that goes with the focus in it gives up what was typed.
    render(null, this.place)
    this.#resizeObserver.disconnect()
    this.comparison.dispose()
    for (const section of this.#sections) section.dispose()
    this.selection.dispose()
    this.#sheet?.dispose()
  }

  render(): void {
    render(panelTemplate(this), this.place)
    const canvasOf = (block: number) => this.place.querySelector<HTMLCanvasElement>(`[data-block="${block}"] canvas`)
    this.#painter.paint(canvasOf, this.cellSize)
  }

  get cellSize(): number {
    const room = this.place.querySelector('.scrub-matrices')?.clientWidth ?? 0
    return cellSize(this.selection.blocks, room || USUAL_WIDTH)
  }

  get isByValue(): boolean {
    return this.#painter.isByValue
  }

  get isOff(): boolean {
    return this.session.obstacle !== null
  }

  get isLinkable(): boolean {
    return this.actions.isLinkable()
  }

  get tabs(): readonly (ScrubSection | null)[] {
    return [null, ...this.#sections.filter(({ tab }) => tab !== null)]
  }

  get overlays(): readonly ScrubSection[] {
    return this.#sections.filter(({ tab }) => tab === null)
  }

  readonly showTab = (tab: ScrubSection | null): void => {
    this.tab = tab
    this.selection.hovered = null
    this.page.requestRender()
  }

  readonly stepTab = (by: number): void => {
    const { tabs } = this
    this.showTab(tabs[(tabs.indexOf(this.tab) + by + tabs.length) % tabs.length])
    this.focus.toTab()
  }

  readonly toggleDifference = (): void => {
    this.isDifferenceShown = !this.isDifferenceShown
    this.page.requestRender()
  }

  readonly save = (): void => {
    try {
      this.page.save(networkFile(this.page.opened))
    } catch (error) {
      this.edits.say(lineOf(error))
    }
  }

  readonly openSheet = (): void => {
    void this.page.messages.attempt(async () => {
      const { MutateSheet } = await import('./mutate-sheet.js')
      if (!this.session.isOpen) return
      this.#sheet ??= new MutateSheet(this.page, this.session)
      this.#sheet.show()
    })
  }

  readonly close = (): void => this.actions.close()

  #sectionPlace(): ScrubPlace {
    const { session, page, selection } = this
    return {
      session,
      requestRender: page.requestRender,
      say: problem => this.edits.say(problem),
      setLevels: levels => {
        this.#painter.levels = levels
        page.requestRender()
      },
      reveal: index => {
        this.tab = null
        selection.selectParameter(index)
        this.focus.reveal(selection.active.block)
      },
      get index() {
        return selection.reading.index
      },
    }
  }
}
