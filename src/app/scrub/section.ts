// What another part of the page puts into the panel: a tab of its own, lines over the cells, figures in
// place of their values.

import type { TemplateResult } from 'lit-html'
import type { ScrubSession } from './session.js'

/** A section of the panel. One is made for every session and disposed with it. */
export interface ScrubSection {
  /** What its tab is called; null for what stands over the cells, in the tab of the parameters. */
  readonly tab: string | null
  readonly template: TemplateResult
  dispose(): void
}

/** What a section may ask of the panel around it. */
export interface ScrubPlace {
  readonly session: ScrubSession
  /** The panel is to be rendered again. */
  readonly requestRender: () => void
  /** Shows a line where the panel says what went wrong; null takes it away. */
  readonly say: (problem: string | null) => void
  /**
   * Colours the cells by a figure each, through the sequential map, in place of their values: [session.parameters.count] in
   * [0, 1]; null: by their values again.
   */
  readonly setLevels: (levels: Float32Array | null) => void
  /** The parameter that the readout speaks of; null in the folded view. */
  readonly index: number | null
  /** Brings a parameter into sight and makes it the one that the keyboard is at. */
  readonly reveal: (index: number) => void
}

/** Makes a section. */
export type CreateSection = (place: ScrubPlace) => ScrubSection
