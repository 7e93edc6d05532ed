// Nine mutants of the net as it is now, to pick from: the one that is picked is what the next nine are of, and a step back leads to the sheet
// before. Every pick is an edit like any other.

import './mutate-sheet.css'
import { html, render, type TemplateResult } from 'lit-html'
import type { Edits } from '../../edit/edits.js'
import { frameAspect } from '../../model/frame.js'
import { wholeFrame } from '../../model/view.js'
import { valueOf } from '../fields.js'
import { decibelText } from '../figures.js'
import { lineOf } from '../messages.js'
import type { Page } from '../page.js'
import { previewCanvas } from '../previews/preview-canvas.js'
import { type PreviewRequest, Previews } from '../previews/previews.js'
import type { ScrubSession } from './session.js'

/** What a sheet is of: standard deviations that its mutants go, and a seed each. */
interface Sheet {
  readonly amount: number
  readonly seeds: readonly number[]
}

interface Question extends PreviewRequest {
  readonly sheet: Sheet
  readonly edits: Edits
}

const COUNT = 9
const COLUMNS = 3
const SEEDS = 1_000_000
/** Pixels of each picture: ten of them are a tenth of a second of one core. */
const PIXELS = 16_000
const AMOUNTS = { min: 0.02, max: 0.6, step: 0.02, usual: 0.1 } as const

export class MutateSheet {
  readonly #dialog = document.createElement('dialog')
  readonly #previews = new Previews<Question>(() => this.#render())
  #sheet: Sheet = newSheet(AMOUNTS.usual)
  /** The sheets that were picked from, and what was edited then. */
  readonly #trail: { readonly sheet: Sheet; readonly edits: Edits }[] = []
  #line = ''

  constructor(
    private readonly page: Page,
    private readonly session: ScrubSession,
  ) {
    this.#dialog.className = 'mutants'
    this.#dialog.setAttribute('aria-labelledby', 'mutants-title')
    document.body.append(this.#dialog)
  }

  show(): void {
    this.#line = ''
    this.#trail.length = 0
    this.#sheet = newSheet(this.#sheet.amount)
    this.#ask()
    if (!this.#dialog.open) this.#dialog.showModal()
  }

  dispose(): void {
    this.#previews.dispose()
    this.#dialog.close()
    this.#dialog.remove()
  }

  #ask(): void {
    const { session, page } = this
    const { frame } = page.opened
    if (!frame || !session.isOpen) return
    const { edits } = session
    const sheet = this.#sheet
    const aspect = frameAspect(frame)
    const width = Math.max(1, Math.round(Math.sqrt(PIXELS * aspect)))
    const networks = [
      session.network,
      ...sheet.seeds.map(seed => session.networkOf(mutated(edits, sheet.amount, seed))),
    ]
    const height = Math.max(1, Math.round(width / aspect))
    this.#previews.ask({ networks, frame, view: wholeFrame(frame), width, height, samples: 1, sheet, edits })
    this.#render()
  }

  /** The pictures, as long as they are those of the sheet. */
  get #shown(): Previews<Question>['latest'] {
    const { latest } = this.#previews
    return latest?.question.sheet === this.#sheet && latest.question.edits === this.session.edits ? latest : null
  }

  #pick(index: number): void {
    if (!this.#shown) return
    const { session } = this
    const { amount, seeds } = this.#sheet
    this.#attempt(() => {
      const { edits } = session
      session.apply(mutated(edits, amount, seeds[index]))
      this.#trail.push({ sheet: this.#sheet, edits })
      this.#sheet = newSheet(amount)
      this.#line = `mutant ${index + 1} picked; these are nine of it`
    })
  }

  /** To the sheet that was picked from last. */
  #back(): void {
    const before = this.#trail.pop()
    if (!before) return
    this.#attempt(() => {
      this.session.apply(before.edits)
      this.#sheet = before.sheet
      this.#line = 'back at the nine before'
    })
  }

  #attempt(action: () => void): void {
    try {
      action()
    } catch (error) {
      this.#line = lineOf(error)
    }
    this.#ask()
  }

  #shuffle(amount: number): void {
    this.#sheet = newSheet(amount)
    this.#line = ''
    this.#ask()
  }

  #render(): void {
    render(this.#template(), this.#dialog)
  }

  #template(): TemplateResult {
    const { amount } = this.#sheet
    const shown = this.#shown
    const previews = this.#previews.latest?.previews ?? []
    const problem = this.#previews.problem
    return html`
      <h2 id="mutants-title">Nine mutants</h2>
      <p class="quiet">
        A few numbers of the net are pushed by chance. Pick the one that you like: the next nine are of it.
      </p>
      <div class="sheet" role="group" aria-label="Mutants" aria-busy=${shown === null} @keydown=${this.#onKey}>
        ${Array.from({ length: COUNT }, (_, i) => {
          const preview = previews[i + 1] ?? null
          const how = shown && preview ? `, ${decibelText(preview.psnr, 'the net now')}` : ''
          return html`<button type="button" aria-label=${`Mutant ${i + 1}${how}`} @click=${() => this.#pick(i)}>
            ${previewCanvas(preview)}
          </button>`
        })}
      </div>
      <div class="now">
        <span>${previewCanvas(previews[0] ?? null, 'The net as it is now')}</span>
        <label
          >How far
          <input
            type="range"
            min=${AMOUNTS.min}
            max=${AMOUNTS.max}
            step=${AMOUNTS.step}
            .value=${String(amount)}
            aria-valuetext=${`${amount} standard deviations`}
            @change=${(event: Event) => this.#shuffle(Number(valueOf(event)))}
          />
        </label>
      </div>
      <p role="status" class=${problem === null ? 'quiet' : 'warning'}>${problem ?? this.#line}</p>
      <div class="buttons">
        <button type="button" ?disabled=${this.#trail.length === 0} @click=${() => this.#back()}>Back</button>
        <button type="button" @click=${() => this.#shuffle(amount)}>Nine others</button>
        <button type="button" class="primary" @click=${() => this.#dialog.close()}>Done</button>
      </div>
    `
  }

  /** Arrow keys lead from mutant to mutant. */
  readonly #onKey = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -COLUMNS,
      ArrowDown: COLUMNS,
    }
    const step = steps[event.key]
    const buttons = [...this.#dialog.querySelectorAll<HTMLElement>('.sheet button')]
    const at = buttons.indexOf(event.target as HTMLElement)
    if (step === undefined || at < 0) return
    event.preventDefault()
    buttons[at + step]?.focus()
  }
}

function mutated(edits: Edits, amount: number, seed: number): Edits {
  return { ...edits, effects: [...edits.effects, { kind: 'mutate', amount, seed }] }
}

function newSheet(amount: number): Sheet {
  return { amount, seeds: Array.from({ length: COUNT }, () => Math.floor(Math.random() * SEEDS)) }
}
