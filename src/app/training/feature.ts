// The way into training: tells images from networks, and fetches what trains them when the first image comes.

import { html, nothing, render, type TemplateResult } from 'lit-html'
import { FormatError } from '../../model/errors.js'
import { printableName } from '../../model/printable.js'
import { Lazy } from '../lazy.js'
import { readMark } from '../mark.js'
import type { OwnSource } from '../open/own-files.js'
import type { Page } from '../page.js'
import { isImage } from './is-image.js'
import type { KeptRunEntry } from './kept-runs.js'
import type { Pane } from './pane.js'
import type { TrainOptions } from './plan.js'
import type { TrainedNetHost, Training } from './training.js'
import type { PaneName } from './workspace.js'

/** Where the page has room for a training. */
export interface TrainingElements {
  readonly workspace: HTMLElement
  readonly netCaption: HTMLElement
  /** On every screen: what is told of a training that is not seen. */
  readonly chip: HTMLElement
}

export interface TrainingHost extends TrainedNetHost {
  readonly chooseFile: () => void
  /** Files that are no images: one is opened, several hang on the wall. */
  readonly open: (file: File) => Promise<void>
  readonly join: (files: readonly File[]) => Promise<void>
  /** An image is taken: what belongs to another picture goes. */
  readonly onLoad: () => void
  /** A picture beside the net is there: called once for each. */
  readonly onPane: (pane: HTMLElement) => void
}

// Training time whose loss is worth a question, seconds.
const PRECIOUS_S = 5

export class TrainingFeature implements OwnSource {
  readonly #trainer = new Lazy('the trainer', () => this.#load())

  /** What is seen of the three where there is room for one. */
  #pane: PaneName = 'net'
  readonly #pictures = new Lazy('what chooses pictures', async () => {
    const { PictureDialog } = await import('./picture-dialog.js')
    return new PictureDialog({ chooseFile: this.host.chooseFile, take: file => void this.openAny(file) })
  })

  readonly #kept = new Lazy('what keeps trainings', async () => {
    const [{ KeptRuns }, { keptTemplate }] = await Promise.all([import('./kept-runs.js'), import('./chip.js')])
    return { runs: new KeptRuns(), keptTemplate }
  })
  /** A training that ended with its page, and can be taken up again. */
  #resumable: KeptRunEntry | null = null

  constructor(
    private readonly page: Page,
    private readonly elements: TrainingElements,
    private readonly host: TrainingHost,
  ) {
    window.addEventListener('paste', this.#onPaste)
    if (readMark('vexel-runs')) void this.#lookForKept()
  }

  /** Finds what there is to be resumed; where the browser tells nothing, there is nothing. */
  async #lookForKept(): Promise<void> {
    try {
      const { runs } = await this.#kept.get()
      this.#resumable = await runs.latest()
    } catch {
      this.#resumable = null
    }
    this.page.requestRender()
  }

  /** Takes up a training that ended with its page, paused. @param isFollowed whether the address names it already @throws with one line */
  async #resume(kept: KeptRunEntry, isFollowed: boolean): Promise<Training> {
    const [{ runs }, { training }] = await Promise.all([this.#kept.get(), this.#trainer.get()])
    const image = await runs.image(kept.key)
    if (!image) throw new FormatError(`the image of the training of ${printableName(kept.name)} is not there any more`)
    await training.resume(kept, image, isFollowed)
    this.host.onLoad()
    this.#resumable = null
    void this.#lookForKept()
    return training
  }

  async #discard({ key, name }: KeptRunEntry): Promise<void> {
    if (!confirm(`Throw away what the training of ${printableName(name)} has learned?`)) return
    const { runs } = await this.#kept.get()
    await runs.remove(key)
    await this.#lookForKept()
  }

  /** The training, if there is or was one. */
  get training(): Training | null {
    return this.#trainer.loaded?.training ?? null
  }

  /** Shows the training, if that is what a key means. @returns whether it is */
  async reopen(key: string): Promise<boolean> {
    const { training } = this
    if (training?.isOpen && training.view.key === key) {
      await training.show(true)
      return true
    }
    if (!readMark('vexel-runs')) return false
    const { runs } = await this.#kept.get()
    const kept = await runs.get(key).catch(() => null)
    if (!kept) return false
    await this.#resume(kept, true)
    this.page.messages.say(`${printableName(kept.name)}: the page went while it was trained; Resume goes on`)
    return true
  }

  /** What is learned by the open net, to be compared with; null where that is not being trained. */
  get targetPane(): Pane | null {
    const { training } = this
    return training?.isOpen && training.view.isShown ? training.image.overlayPane : null
  }

  /** Asks where a picture is to come from, and trains it. */
  async choosePicture(): Promise<void> {
    await this.page.messages.attempt(async () => (await this.#pictures.get()).show())
  }

  /** What was pasted is taken as if it were dropped; text that is pasted into a field is not. */
  readonly #onPaste = (event: ClipboardEvent): void => {
    const files = [...(event.clipboardData?.files ?? [])]
    if (files.length === 0) return
    event.preventDefault()
    this.#pictures.loaded?.close()
    void this.openDropped(files)
  }

  /** Takes what was dropped: on the wall networks join it, in a flag the first file is opened; images are trained, one after the other. */
  async openDropped(files: readonly File[]): Promise<void> {
    const isJoining = this.page.places.isWall || files.length > 1
    if (!isJoining || (await isImage(files[0]).catch(() => false))) await this.openAny(files[0], files.slice(1))
    else await this.host.join(files)
  }

  /** Opens a file of the person's disk: an image is trained, anything else shown. @param more came with it: the images among them are trained next */
  async openAny(file: File, more: readonly File[] = []): Promise<void> {
    await this.page.messages.attempt(async () => {
      if (!(await isImage(file))) {
        await this.host.open(file)
        return
      }
      await this.#takeImage(file)
      for (const next of more) if (await isImage(next)) this.#trainer.loaded?.queue.add(next)
    })
  }

  /** Trains an image: now, where no other training would be lost by that; else the person says what becomes of that. */
  async #takeImage(file: File): Promise<void> {
    const { training, queue, askWhatBecomes } = this.#trainer.loaded ?? {}
    const isPrecious = training !== undefined && training.secondsAtStake >= PRECIOUS_S
    const answer = isPrecious && askWhatBecomes ? await askWhatBecomes(training, file.name) : 'discard'
    if (answer === 'cancel') return
    if (answer === 'next' && queue) {
      queue.add(file)
      return
    }
    if (answer === 'keep') await training?.keep()
    await this.load(file, file.name)
  }

  /**
   * Takes an image to be trained, not started yet.
   * @throws with one line when it cannot be read; everything stays as it was then
   */
  async load(blob: Blob, name: string, options: TrainOptions = {}): Promise<Training> {
    const { training } = await this.#trainer.get()
    await training.load({ blob, name }, options)
    this.host.onLoad()
    return training
  }

  /** The panel's section: an invitation, or the training there is. */
  get section(): { template: TemplateResult; isOpen: boolean } {
    const { training, queue, templates } = this.#trainer.loaded ?? {}
    if (!training?.isOpen || !queue || !templates) return { template: this.#invitation(), isOpen: false }
    const attempt = (action: () => void | Promise<void>) => () => void this.page.messages.attempt(action)
    const { save } = this.page
    const template = templates.sectionTemplate(training, queue.names, {
      chooseImage: () => void this.choosePicture(),
      show: attempt(() => training.show()),
      close: attempt(async () => {
        // Whoever ends it does not throw it away.
        if (training.secondsAtStake >= PRECIOUS_S) await training.keep()
        await training.close()
        await queue.next()
      }),
      saveNetwork: attempt(async () => save(await training.networkFile())),
      saveFilm: attempt(() => save(training.filmFile())),
      saveCurve: attempt(() => save(training.curveFile())),
    })
    return { template, isOpen: true }
  }

  /** Renders what stands beside the net. @returns whether the page has to make room for it */
  render(): boolean {
    const { training, curves, templates } = this.#trainer.loaded ?? {}
    this.#renderChip()
    if (!training || !curves || !templates) return false
    const isShown = training.isOpen && training.view.isShown
    // What is away keeps its place in the page; it is only not seen.
    if (!isShown) return false
    const attempt = (action: () => void | Promise<void>) => () => void this.page.messages.attempt(action)
    const workspace = templates.workspaceTemplate(training, curves, this.#pane, this.#onPane, {
      play: attempt(() => training.play()),
      pause: attempt(() => training.pause()),
      step: attempt(() => training.step()),
      restart: attempt(() => (this.#mayDiscard() ? training.restart() : undefined)),
      saveNetwork: attempt(async () => this.page.save(await training.networkFile())),
      showPane: pane => {
        this.#pane = pane
        this.page.requestRender()
      },
      change: options => void training.change(options),
    })
    render(workspace, this.elements.workspace)
    render(templates.netCaption(training), this.elements.netCaption)
    return true
  }

  /** What is told of a training that is not seen; without one, of one that ended with its page. */
  #renderChip(): void {
    const { training, templates } = this.#trainer.loaded ?? {}
    const { keptTemplate } = this.#kept.loaded ?? {}
    const kept = this.#resumable
    const attempt = (action: () => Promise<void>) => () => void this.page.messages.attempt(action)
    let chip: TemplateResult | typeof nothing = nothing
    if (training?.isOpen)
      chip =
        templates?.chipTemplate(
          training,
          attempt(() => training.show()),
        ) ?? nothing
    else if (kept && keptTemplate)
      chip = keptTemplate(kept, {
        resume: attempt(async () => (await this.#resume(kept, false)).play()),
        discard: attempt(() => this.#discard(kept)),
      })
    render(chip, this.elements.chip)
  }

  readonly #panes = new WeakSet<Element>()
  /** One function for both panes is told of each with every rendering: lit remembers one element a function. */
  readonly #onPane = (pane: Element | undefined): void => {
    if (!(pane instanceof HTMLElement) || this.#panes.has(pane)) return
    this.#panes.add(pane)
    this.host.onPane(pane)
  }

  /** Draws into what render has put in its place. */
  draw(): void {
    const { training, curves } = this.#trainer.loaded ?? {}
    if (!training || !curves) return
    training.draw()
    curves.draw({
      points: training.curve,
      steps: training.progress?.steps ?? 0,
      recipe: training.runRecipe,
    })
  }

  async #load() {
    const [{ Training }, { Curves }, workspace, section, chip, { Queue }, { askWhatBecomes }, { runs }] =
      await Promise.all([
        import('./training.js'),
        import('./curves.js'),
        import('./workspace.js'),
        import('./section.js'),
        import('./chip.js'),
        import('./queue.js'),
        import('./ask.js'),
        this.#kept.get(),
      ])
    const training = new Training(this.page, this.host, runs)
    const queue = new Queue(training, this.page.messages)
    return { training, queue, askWhatBecomes, curves: new Curves(), templates: { ...workspace, ...section, ...chip } }
  }

  #invitation(): TemplateResult {
    return html`
      <section aria-labelledby="train-title">
        <h2 id="train-title">Train</h2>
        <p class="quiet">A picture of your own becomes such a network, here on this machine. Drop one anywhere.</p>
        <div class="buttons">
          <button type="button" @click=${() => void this.choosePicture()}>Train a picture…</button>
        </div>
      </section>
    `
  }

  /** Asks before minutes of training are thrown away. */
  #mayDiscard(): boolean {
    const { training } = this
    if (!training || training.secondsAtStake < PRECIOUS_S) return true
    return confirm(`The network of ${training.image.baseName} is not saved. Throw it away?`)
  }
}
