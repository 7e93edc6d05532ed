// The picture alone, on the whole screen: no header, no rows, no panels. Where a browser has no full screen for pages (iPhones), it
// is the whole window at least.

import { isKey, KEYS } from './keys.js'

export class FullScreen {
  /**
   * @param app gets the class `bare` meanwhile
   * @param isSearching whether a letter is the search's where one is
   */
  constructor(
    private readonly app: HTMLElement,
    private readonly isSearching: () => boolean,
  ) {
    document.addEventListener('fullscreenchange', () => {
      if (!document.fullscreenElement) app.classList.remove('bare')
    })
    // Before whoever else takes letters, and Escape.
    window.addEventListener('keydown', this.#onKey, { capture: true })
  }

  get isOn(): boolean {
    return this.app.classList.contains('bare')
  }

  async toggle(): Promise<void> {
    const isOn = this.app.classList.toggle('bare')
    try {
      if (isOn) await document.documentElement.requestFullscreen()
      else if (document.fullscreenElement) await document.exitFullscreen()
    } catch {
      // Refused, as in a frame without the permission: the window is what there is.
    }
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
    const target = event.target as HTMLElement
    if (target.matches('input:not([type=checkbox], [type=range]), textarea, select') || target.closest('dialog')) return
    const isLeaving = this.isOn && isKey(event, KEYS.back)
    if (!isLeaving && (!isKey(event, KEYS.fullScreen) || (this.isSearching() && !event.shiftKey))) return
    event.preventDefault()
    event.stopPropagation()
    void this.toggle()
  }
}
