// window.vexel.edits: the edits of what is open, for consoles, lessons and end-to-end tests.

import { FormatError, UnsupportedError } from '../../model/errors.js'
import type { Opened } from '../open/opened.js'
import { networkFile } from '../saving.js'
import type { ScrubFeature } from './feature.js'
import type { ScrubSession } from './session.js'

/** `window.vexel.edits`. */
export interface ScrubScripting {
  /** The edits as the hash spells them, '' for none. {@link setText} takes the same. */
  readonly text: string
  /** Rejects with one line where it is not understood, or not for this network. */
  setText(text: string): Promise<void>
  /** The parameters as PyTorch names them: tensors in order, with their shapes. Resolves once what edits is loaded. */
  start(): Promise<readonly { readonly name: string; readonly shape: readonly number[] }[]>
  /** The value of a parameter: `get('dense3.weight', 4, 7)`, `get('bn2.running_var', 3)`. */
  get(name: string, ...at: readonly number[]): number
  /**
   * Sets a parameter; throws one line where it is no finite number, a negative variance, or does not fit the file's type.
   * @param key names a gesture: all calls with it are one step to undo
   */
  set(name: string, at: readonly number[], value: number, key?: string): void
  /** Takes the last step back. */
  undo(): void
  /** Does again what was taken back. */
  redo(): void
  /** The file's own values. */
  reset(): void
  readonly canUndo: boolean
  readonly canRedo: boolean
  /** Whether the panel is open; set it by {@link show}. */
  readonly isShown: boolean
  /** Opens the panel, or closes it. */
  show(isShown?: boolean): Promise<void>
  /** The edited network as a file, with the frame in its metadata where that was changed. */
  file(): File
}

export function scrubScripting(opened: Opened, feature: ScrubFeature): ScrubScripting {
  const session = (): ScrubSession => {
    if (!feature.session) throw new UnsupportedError('nothing is being edited: await vexel.edits.start() first')
    return feature.session
  }
  const indexOf = ({ parameters }: ScrubSession, name: string, at: readonly number[]): number => {
    const tensor = parameters.tensors.find(tensor => tensor.name === name)
    if (!tensor) throw new FormatError(`there is no parameter "${name}"`)
    const { shape, start } = tensor
    const isInside = at.length === shape.length && at.every((i, d) => Number.isInteger(i) && i >= 0 && i < shape[d])
    if (!isInside)
      throw new FormatError(`${name}: expected a place within [${shape.join(', ')}], got [${at.join(', ')}]`)
    return start + (at.length === 2 ? at[0] * shape[1] + at[1] : at[0])
  }
  return {
    get text() {
      return feature.text ?? ''
    },
    setText: async text => {
      const problem = await feature.restore({ edits: text === '' ? null : text })
      if (problem !== null) throw new FormatError(problem.replace(/^link: /, ''))
    },
    start: async () => (await feature.open()).parameters.tensors.map(({ name, shape }) => ({ name, shape })),
    get: (name, ...at) => {
      const own = session()
      return own.values[indexOf(own, name, at)]
    },
    set: (name, at, value, key) => session().pin(indexOf(session(), name, at), value, key ?? null),
    undo: () => session().undo(),
    redo: () => session().redo(),
    reset: () => session().reset(),
    get canUndo() {
      return feature.session?.canUndo ?? false
    },
    get canRedo() {
      return feature.session?.canRedo ?? false
    },
    get isShown() {
      return feature.isOpen
    },
    show: async (isShown = true) => {
      if (isShown) await feature.openPanel()
      else feature.close()
    },
    file: () => networkFile(opened),
  }
}
