// What is shown of a solution: a note over the picture, and the panel's section with its candidates. Templates only.

import './solve.css'
import { html, nothing, type TemplateResult } from 'lit-html'
import type { Frame } from '../../model/frame.js'
import type { Reading, Solution } from '../../solve/solution.js'
import { confidenceText, frameLabel, nameOf } from '../../solve/words.js'
import { sameFrame } from '../open/opened.js'
import { paintedWith } from '../painted-canvas.js'
import type { Thumbnail } from './solve-worker.js'
import type { SolveState } from './state.js'

/** What the buttons do. */
export interface SolveActions {
  /** Puts a candidate's frame in place. */
  accept(reading: Reading): void
  /** Puts the frame back that was there before the found one. */
  undo(): void
  closeNote(): void
  /** Opens the panel where the candidates are. */
  showCandidates(): void
  trySolve(): Promise<void>
}

/** The note over the picture; nothing where there is nothing to say any more. */
export function noteTemplate(
  state: SolveState,
  frame: Frame | null,
  actions: SolveActions,
): TemplateResult | typeof nothing {
  const { solution, applied, problem } = state
  if (problem !== null) return note(`The frame could not be looked for: ${problem}.`, [], actions)
  if (!solution) return note('Solving…', [], actions)
  if (!frame) return nothing
  if (applied && sameFrame(frame, applied.after)) {
    const isChanged = !sameFrame(applied.before, applied.after)
    const undo = isChanged ? [button('Undo', () => actions.undo())] : []
    return note(foundText(solution), [...howButton(solution, actions), ...undo], actions)
  }
  // Another frame is there by now: that of a candidate, or one that was typed.
  if (applied || !sameFrame(frame, state.file.ownFrame)) return nothing
  if (!solution.frame) return note(refusalText(solution), howButton(solution, actions), actions)
  const isShown = sameFrame(frame, solution.frame)
  const show = isShown ? [] : [button('Show it', () => actions.accept(solution))]
  return note(foundText(solution), [...howButton(solution, actions), ...show], actions)
}

function note(text: string, buttons: readonly TemplateResult[], actions: SolveActions): TemplateResult {
  return html`<div class="solve-note">
    <div class="said"><span role="status">${text}</span> ${buttons}</div>
    <button type="button" class="close" aria-label="Close the note" @click=${() => actions.closeNote()}>×</button>
  </div>`
}

function button(label: string, act: () => void): TemplateResult {
  return html`<button type="button" @click=${act}>${label}</button>`
}

function howButton({ candidates }: Solution, actions: SolveActions): TemplateResult[] {
  return candidates.length > 0 ? [button('How do we know?', () => actions.showCandidates())] : []
}

/** `This is the flag of Malaysia, 98 %`. */
function foundText(solution: Solution): string {
  if (solution.flag) return `This is the flag of ${solution.flag.name}, ${sureText(solution)}`
  return `No flag that is known, but a frame was found, ${sureText(solution)}`
}

/** Of the flag, where there is one: the same picture may be that of several. */
function sureText({ flag, confidence }: Reading): string {
  return confidenceText(flag?.confidence ?? confidence)
}

function refusalText({ reason }: Solution): string {
  return `Cannot tell what it draws${reason ? `: ${reason}` : ''}.`
}

const HOW =
  'Nothing in the file says so. Batch norm remembers the mean and variance of its inputs over the picture that the net was trained on: ' +
  'only over the right range of x and y does the net reproduce them. What it draws there was then held against all flags, turned and ' +
  'mirrored in every way.'

/** What the panel's section says, under its title. */
export function bodyTemplate(state: SolveState, frame: Frame, actions: SolveActions): TemplateResult {
  const { solution, problem, solving, applied } = state
  if (problem !== null)
    return html`<p class="warning" role="alert">${problem}</p>
      <div class="buttons"><button type="button" @click=${() => void actions.trySolve()}>Solve it again</button></div>`
  if (!solution) return html`<p class="quiet" role="status">Solving…</p>`
  const { candidates, reason } = solution
  const isAppliedStill = applied && sameFrame(frame, applied.after) && !sameFrame(applied.before, applied.after)
  return html`
    <p>${solution.frame ? `${foundText(solution)}.` : refusalText(solution)}</p>
    ${solution.frame && reason ? html`<p class="quiet">${sentence(reason)}</p>` : nothing}
    ${solution.frame ? html`<p class="quiet">${HOW}</p>` : nothing}
    ${
      solving?.catalogueProblem
        ? html`<p class="warning">
            The list of flags could not be loaded (${solving.catalogueProblem}): no flag can be named.
          </p>`
        : nothing
    }
    ${isAppliedStill ? html`<div class="buttons">${button('Undo', () => actions.undo())}</div>` : nothing}
    ${
      candidates.length > 0
        ? html`<ul class="candidates" aria-label="Candidates">
            ${candidates.map((candidate, i) =>
              candidateTemplate(candidate, solving?.thumbnails?.[i] ?? null, frame, actions),
            )}
          </ul>`
        : nothing
    }
  `
}

function candidateTemplate(
  candidate: Reading,
  thumbnail: Thumbnail | null,
  frame: Frame,
  actions: SolveActions,
): TemplateResult {
  const isShown = candidate.frame !== null && sameFrame(candidate.frame, frame)
  return html`<li>
    <button
      type="button"
      aria-pressed=${isShown}
      ?disabled=${candidate.frame === null}
      title=${candidate.reason ?? ''}
      @click=${() => actions.accept(candidate)}
    >
      <span class="thumbnail"
        ><canvas
          width=${thumbnail?.width ?? 1}
          height=${thumbnail?.height ?? 1}
          aria-hidden="true"
          ${paintedWith(thumbnail)}
        ></canvas
      ></span>
      <span class="words">
        <span class="who"><b>${nameOf(candidate)}</b> <span>${sureText(candidate)}</span></span>
        <span class="quiet">${candidate.frame ? unbroken(frameLabel(candidate.frame)) : (candidate.reason ?? '')}</span>
        ${isShown ? html`<span class="good">on the picture now</span>` : nothing}
      </span>
    </button>
  </li>`
}

/** Lines break between what is told, and not within. */
function unbroken(label: string): string {
  return label
    .split(' · ')
    .map(part => part.replaceAll(' ', '\u00a0'))
    .join(' · ')
}

function sentence(line: string): string {
  const text = `${line[0].toUpperCase()}${line.slice(1)}`
  return /[.!?]$/.test(text) ? text : `${text}.`
}
