// The way into solving: a file that does not say what its inputs mean is solved as soon as it is open, any other on demand.
// What does it is fetched with the first of them; here is what is known of the file that is open.

import { html, nothing, render, type TemplateResult } from 'lit-html'
import { UnsupportedError } from '../../model/errors.js'
import type { Frame } from '../../model/frame.js'
import { wholeFrame } from '../../model/view.js'
import type { Reading, Solution } from '../../solve/solution.js'
import { Lazy } from '../lazy.js'
import { lineOf, openedMeanwhile } from '../messages.js'
import type { OpenFile } from '../../open/open-file.js'
import { sameFrame } from '../open/opened.js'
import type { Page } from '../page.js'
import type { FlagSpot } from '../places/place.js'
import { SURE, type SolveState } from './state.js'

const loadSolver = async () => {
  const [{ startSolving }, templates, { solveInTurn }] = await Promise.all([
    import('./solver.js'),
    import('./section.js'),
    import('./hung.js'),
  ])
  return { startSolving, templates, solveInTurn }
}

export class SolveFeature {
  readonly #solver = new Lazy('the solver', loadSolver)
  #state: SolveState | null = null

  /**
   * @param place where the page has room for a note over the picture
   * @param isOffered whether files are solved without being asked to: not where the address says `?solve=no`
   */
  constructor(
    private readonly page: Page,
    private readonly place: HTMLElement,
    private readonly openPanel: () => void,
    private readonly isAutomatic = new URLSearchParams(location.search).get('solve') !== 'no',
  ) {
    page.opened.changed.subscribe(() => this.#follow())
  }

  /** Renders the note. */
  render(): void {
    const state = this.#state
    const templates = this.#solver.loaded?.templates
    const { places, opened } = this.page
    const isShown = state !== null && !state.isNoteClosed && places.kind === 'flag'
    render(isShown && templates ? templates.noteTemplate(state, opened.frame, this) : nothing, this.place)
  }

  /** The panel's section; nothing where no file is open. */
  get section(): TemplateResult | typeof nothing {
    const { file, frame } = this.page.opened
    if (!file || !frame) return nothing
    const state = this.#state?.file.stateDict === file.stateDict ? this.#state : null
    const templates = this.#solver.loaded?.templates
    const invitation = () => html`
      <p class="quiet">
        ${
          file.isFrameStated
            ? 'The file states its frame. Its weights alone tell as much:'
            : 'Which inputs does it want, and which flag is it? Its weights tell:'
        }
      </p>
      <div class="buttons">
        <button type="button" ?disabled=${state !== null} @click=${() => void this.trySolve()}>
          ${state ? 'Solving…' : file.isFrameStated ? 'Solve it anyway' : 'Solve it'}
        </button>
      </div>
    `
    return html`
      <section id="solve-section" aria-labelledby="solve-title">
        <h2 id="solve-title" tabindex="-1">Solve</h2>
        ${state && templates ? templates.bodyTemplate(state, frame, this) : invitation()}
      </section>
    `
  }

  /**
   * Solves what is open, once a file; the frame stays.
   * @throws with one line when nothing is open, another file is opened meanwhile, or the solver fails
   */
  async solve(): Promise<Solution> {
    const { file } = this.page.opened
    if (!file) throw new UnsupportedError('there is nothing to solve: no file is open')
    let state = this.#state
    if (state?.file.stateDict !== file.stateDict) state = this.#begin(file)
    else if (state.problem !== null) state = this.#begin(file)
    if (state.solution) return state.solution
    return await this.#run(state)
  }

  /** Solves files that hang on the wall, one after the other, where they do not say what they are; the wall learns what is found. */
  async solveHung(flags: readonly FlagSpot[]): Promise<void> {
    const { wall, messages } = this.page
    const mysteries = flags.filter(({ file }) => file && !file.isFrameStated)
    if (!this.isAutomatic || mysteries.length === 0) return
    await messages.attempt(async () => {
      const { solveInTurn } = await this.#solver.get()
      await solveInTurn(mysteries, wall, line => messages.say(line))
    })
  }

  /** As {@link solve}, for a button: what goes wrong is shown. */
  async trySolve(): Promise<void> {
    // What was pressed goes away: whoever pressed it by key goes on from here.
    const title = document.activeElement?.closest('#solve-section')?.querySelector<HTMLElement>('#solve-title')
    title?.focus({ preventScroll: true })
    try {
      await this.solve()
    } catch {
      // The section says it.
    }
  }

  /** Puts a candidate's frame in place. */
  accept(reading: Reading): void {
    if (!reading.frame) return
    this.page.opened.setFrame(reading.frame)
    this.closeNote()
  }

  /** Puts the frame back that was there before the found one was put in its place. */
  undo(): void {
    const applied = this.#state?.applied
    if (!applied) return
    this.page.opened.setFrame(applied.before)
    this.closeNote()
  }

  closeNote(): void {
    if (this.#state) this.#state.isNoteClosed = true
    this.page.requestRender()
  }

  /** Opens the panel where the candidates are. */
  showCandidates(): void {
    this.closeNote()
    this.openPanel()
    requestAnimationFrame(() => {
      const section = document.querySelector<HTMLElement>('#solve-section')
      section?.scrollIntoView({ block: 'start' })
      section?.querySelector<HTMLElement>('.candidates button')?.focus({ preventScroll: true })
    })
  }

  /** Follows what is open. */
  #follow(): void {
    const { opened, wall } = this.page
    const { file, frame } = opened
    const stateDict = file?.stateDict ?? null
    if (this.#state && this.#state.file.stateDict !== stateDict) {
      this.#state.solving?.cancel()
      this.#state = null
    }
    if (!file || !frame || opened.isLoading || stateDict === this.#seen) return
    this.#seen = stateDict
    // A link that names a frame was made by someone who knew; the wall's list names its flags; and a net in training is
    // nobody's mystery.
    const isListed = wall.flagAt(file.url) !== null
    const isMystery =
      !file.isFrameStated && !isListed && sameFrame(frame, file.ownFrame) && !opened.isFrameChosen && !opened.isTraining
    if (this.isAutomatic && isMystery) void this.#solveUnasked(file, frame)
  }

  /** Of the file that was looked at last. */
  #seen: OpenFile['stateDict'] | null = null

  async #solveUnasked(file: OpenFile, frame: Frame): Promise<void> {
    const state = this.#begin(file)
    try {
      const { frame: found, flag, confidence } = await this.#run(state)
      const { opened } = this.page
      const isUntouched = opened.frame !== null && sameFrame(opened.frame, frame) && this.#isWhole()
      if (this.#state !== state || !found || confidence < SURE || !isUntouched || opened.isTraining) return
      state.applied = { before: frame, after: found }
      const { places, wall } = this.page
      const { openFlag } = places
      if (!sameFrame(found, frame)) opened.setFrame(found)
      if (openFlag) wall.learn(openFlag, { name: flag?.name ?? null, frame: found })
      this.page.requestRender()
    } catch {
      // The note says it.
    }
  }

  /** Whether the whole flag is seen: whoever has moved already is not to be moved again. */
  #isWhole(): boolean {
    const { view, frame } = this.page.viewer
    if (!view || !frame) return false
    const whole = wholeFrame(frame)
    return Math.abs(view.zoom - 1) + Math.abs(view.x - whole.x) + Math.abs(view.y - whole.y) < 1e-6
  }

  #begin(file: OpenFile): SolveState {
    this.#state?.solving?.cancel()
    this.#seen = file.stateDict
    const state: SolveState = {
      file,
      solving: null,
      solution: null,
      problem: null,
      applied: null,
      isNoteClosed: false,
    }
    this.#state = state
    return state
  }

  #runs = new WeakMap<SolveState, Promise<Solution>>()

  /** Solves, or joins the solving that is under way. */
  #run(state: SolveState): Promise<Solution> {
    let run = this.#runs.get(state)
    if (!run) {
      run = this.#work(state)
      this.#runs.set(state, run)
    }
    return run
  }

  async #work(state: SolveState): Promise<Solution> {
    const { requestRender } = this.page
    requestRender()
    try {
      const { startSolving } = await this.#solver.get()
      if (this.#state !== state) throw openedMeanwhile()
      state.solving = startSolving(state.file.network, requestRender)
      requestRender()
      state.solution = await state.solving.solution
      return state.solution
    } catch (error) {
      state.problem = lineOf(error)
      throw error
    } finally {
      requestRender()
    }
  }
}
