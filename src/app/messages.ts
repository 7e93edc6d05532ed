// What the page tells: good news, which goes by itself, and what went wrong, which stays until it is dismissed or something works.

import { Signal } from './signal.js'

export interface Message {
  readonly text: string
  readonly isError: boolean
}

const NEWS_MS = 3000

export class Messages {
  readonly changed = new Signal()
  #current: Message | null = null
  #timer = 0

  get current(): Message | null {
    return this.#current
  }

  say(text: string): void {
    this.#show({ text, isError: false })
    this.#timer = window.setTimeout(() => this.dismiss(), NEWS_MS)
  }

  /** Shows what is wrong, in a line. */
  warn(text: string): void {
    this.#show({ text, isError: true })
  }

  /** Shows what went wrong, in one line; nothing where something else was asked for meanwhile. */
  sayError(error: unknown): void {
    if (!isAbort(error)) this.warn(lineOf(error))
  }

  /** Does what a button asks for; what goes wrong is shown. @returns null then */
  async attempt<T>(action: () => T | Promise<T>): Promise<T | null> {
    try {
      return await action()
    } catch (error) {
      this.sayError(error)
      return null
    }
  }

  dismiss(): void {
    this.#show(null)
  }

  dispose(): void {
    clearTimeout(this.#timer)
  }

  #show(message: Message | null): void {
    clearTimeout(this.#timer)
    this.#current = message
    this.changed.emit()
  }
}

/** Whether something ended because something else was asked for. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}

/** An error's first line: those of shaders have many. */
export function lineOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]
}

/** What was being opened is not wanted any more. */
export function openedMeanwhile(): DOMException {
  return new DOMException('another file was opened meanwhile', 'AbortError')
}
