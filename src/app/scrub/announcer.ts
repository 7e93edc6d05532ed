// What a screen reader is told of the panel: nothing while a cell is dragged or a key is held, and where it rests once it does.

const REST_MS = 500

export class Announcer {
  /** What was told last. */
  text = ''
  #timer = 0

  /**
   * @param describe what there is to be told, when it is told
   * @param onChange there is another text
   */
  constructor(
    private readonly describe: () => string,
    private readonly onChange: () => void,
  ) {}

  /** Tells it as soon as this was not called for a while. */
  tellLater(): void {
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => {
      this.text = this.describe()
      this.onChange()
    }, REST_MS)
  }

  dispose(): void {
    clearTimeout(this.#timer)
  }
}
