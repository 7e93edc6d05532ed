// The way into training: tells images from networks, and fetches what trains them when the first image comes. Whoever
// only looks at flags never loads it.

import { html, render, type TemplateResult } from 'lit-html'
import { FormatError } from '../../model/errors.js'
import type { Explorer } from '../explorer.js'
import type { Curves } from './curves.js'
import { isImage } from './is-image.js'
import type { TrainOptions } from './plan.js'
import type { Training } from './training.js'

/** Where the page has room for a training. */
export interface TrainingPlaces {
  readonly workspace: HTMLElement
  readonly netCaption: HTMLElement
}

export interface TrainingPageActions {
  readonly chooseFile: () => void
  readonly save: (file: File) => void
  readonly requestRender: () => void
  /** An image is taken: what belongs to another picture goes. */
  readonly onLoad: () => void
  /** Called once, when the panes are there. */
  readonly onPanes: (panes: readonly HTMLElement[]) => void
}

/** What is loaded with the first image. */
interface Loaded {
  readonly training: Training
  readonly curves: Curves
  readonly templates: typeof import('./workspace.js') & typeof import('./section.js')
}

// Training time whose loss is worth a question, seconds.
const PRECIOUS_S = 20

export class TrainingDoor {
  #loaded: Loaded | null = null
  #loading: Promise<Loaded> | null = null
  #hasPanes = false

  constructor(
    private readonly explorer: Explorer,
    private readonly places: TrainingPlaces,
    private readonly actions: TrainingPageActions,
  ) {}

  /** The training, if there is or was one. */
  get training(): Training | null {
    return this.#loaded?.training ?? null
  }

  /** Takes what was dropped: on the wall networks join it, in a flag the first file is opened; an image is trained. */
  async openDropped(files: readonly File[]): Promise<void> {
    const { explorer } = this
    const isJoining = explorer.isWall || files.length > 1
    if (!isJoining || (await isImage(files[0]).catch(() => false))) await this.openAny(files[0])
    else await explorer.join(files)
  }

  /** Opens a file of the person's disk: an image is trained, anything else shown. */
  async openAny(file: File): Promise<void> {
    try {
      if (!(await isImage(file))) await this.explorer.tryOpen(file)
      else if (this.#mayDiscard()) await this.load(file, file.name)
    } catch (error) {
      this.explorer.sayError(error)
    }
  }

  /**
   * Takes an image to be trained, not started yet.
   * @throws with one line when it cannot be read; everything stays as it was then
   */
  async load(blob: Blob, name: string, options: TrainOptions = {}): Promise<Training> {
    const { training } = await this.#load()
    await training.load({ blob, name }, options)
    this.actions.onLoad()
    return training
  }

  /** The panel's section: an invitation, or the training there is. */
  get section(): { template: TemplateResult; isOpen: boolean } {
    const { training, templates } = this.#loaded ?? {}
    if (!training?.isOpen || !templates) return { template: this.#invitation(), isOpen: false }
    const attempt = (action: () => void | Promise<void>) => () => void this.#attempt(action)
    const { save, chooseFile } = this.actions
    const template = templates.sectionTemplate(training, {
      chooseImage: chooseFile,
      show: attempt(() => training.show()),
      close: attempt(() => (this.#mayDiscard() ? training.close() : undefined)),
      saveNetwork: attempt(async () => save(await training.networkFile())),
      saveFilm: attempt(() => save(training.filmFile())),
      saveCurve: attempt(() => save(training.curveFile())),
    })
    return { template, isOpen: true }
  }

  /** Renders what stands beside the net. @returns whether the page has to make room for it */
  render(): boolean {
    const { training, curves, templates } = this.#loaded ?? {}
    if (!training || !curves || !templates) return false
    const isShown = training.isOpen && training.isShown
    // What is away keeps its place in the page; it is only not seen.
    if (!isShown) return false
    const attempt = (action: () => void | Promise<void>) => () => void this.#attempt(action)
    const workspace = templates.workspaceTemplate(training, curves, {
      play: attempt(() => training.play()),
      pause: attempt(() => training.pause()),
      step: attempt(() => training.step()),
      restart: attempt(() => (this.#mayDiscard() ? training.restart() : undefined)),
      saveNetwork: attempt(async () => this.actions.save(await training.networkFile())),
    })
    render(workspace, this.places.workspace)
    render(templates.netCaption(training), this.places.netCaption)
    if (!this.#hasPanes) {
      this.#hasPanes = true
      this.actions.onPanes([...this.places.workspace.querySelectorAll<HTMLElement>('.pane')])
    }
    return true
  }

  /** Draws into what render has put in its place. */
  draw(): void {
    const { training, curves } = this.#loaded ?? {}
    if (!training || !curves) return
    training.draw()
    curves.draw({
      points: training.curve,
      steps: training.progress?.steps ?? 0,
      recipe: training.runRecipe,
    })
  }

  async #load(): Promise<Loaded> {
    this.#loading ??= this.#import()
    try {
      return await this.#loading
    } catch (error) {
      this.#loading = null
      throw error
    }
  }

  async #import(): Promise<Loaded> {
    try {
      const [{ Training }, { Curves }, workspace, section] = await Promise.all([
        import('./training.js'),
        import('./curves.js'),
        import('./workspace.js'),
        import('./section.js'),
      ])
      const training = new Training(this.explorer, this.actions.requestRender)
      this.#loaded = { training, curves: new Curves(), templates: { ...workspace, ...section } }
      return this.#loaded
    } catch (error) {
      throw new FormatError(
        `the trainer could not be loaded: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }

  #invitation(): TemplateResult {
    return html`
      <section aria-labelledby="train-title">
        <h2 id="train-title">Train</h2>
        <p class="quiet">An image of your own becomes such a network, here on this machine. Drop one anywhere.</p>
        <div class="buttons"><button type="button" @click=${this.actions.chooseFile}>Choose an image…</button></div>
      </section>
    `
  }

  async #attempt(action: () => void | Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      this.explorer.sayError(error)
    }
  }

  /** Asks before minutes of training are thrown away. */
  #mayDiscard(): boolean {
    const { training } = this
    if (!training?.isUnsaved || (training.progress?.seconds ?? 0) < PRECIOUS_S) return true
    return confirm(`The network of ${training.baseName} is not saved. Throw it away?`)
  }
}
