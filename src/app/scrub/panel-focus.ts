// Where the focus goes within the panel. What it goes to is there in the next frame; whoever types does not wait for that.

export class PanelFocus {
  /** @param render puts what has changed into the panel, at once */
  constructor(
    private readonly place: HTMLElement,
    private readonly render: () => void,
  ) {}

  /** To the cells of a block that was entered by a key. */
  toBlock(block: number): void {
    this.render()
    const grid = this.#grid(block)
    grid?.focus({ preventScroll: true })
    grid?.scrollIntoView({ block: 'nearest' })
  }

  /** Back to the cell that the keyboard is at. */
  toCells(): void {
    this.place.querySelector<HTMLElement>('[role=grid][tabindex="0"]')?.focus()
  }

  /** To the field for a value: at once, since the next letter comes before the next frame. @param isSelected whether a letter replaces the text */
  toField(text: string, isSelected: boolean): void {
    const field = this.place.querySelector<HTMLInputElement>('#scrub-value')
    if (!field) return
    field.focus()
    field.value = text
    if (isSelected) field.select()
  }

  /** To the tab that was chosen by a key. */
  toTab(): void {
    this.render()
    this.place.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus()
  }

  /** Scrolls a block into sight, once it is there. */
  reveal(block: number): void {
    requestAnimationFrame(() => this.#grid(block)?.scrollIntoView({ block: 'nearest' }))
  }

  #grid(block: number): HTMLElement | null {
    return this.place.querySelector(`[data-block="${block}"]`)
  }
}
