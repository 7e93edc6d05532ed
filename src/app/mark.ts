// A mark that this browser keeps: whether something was closed or seen, or is there, so that the start screen has to fetch nothing to know it. Where the
// browser keeps nothing, no mark is ever set.

/** What was closed, seen, or is there: the welcome, captions, networks on the shelf, trainings that can be taken up again. */
export type Mark = 'vexel.welcome' | `vexel.saw.${string}` | 'vexel-yours' | 'vexel-runs'

export function readMark(name: Mark): boolean {
  try {
    return localStorage.getItem(name) !== null
  } catch {
    return false
  }
}

export function setMark(name: Mark, isSet: boolean): void {
  try {
    if (isSet) localStorage.setItem(name, '1')
    else localStorage.removeItem(name)
  } catch {
    // A private window may forbid it: what is marked holds for this visit.
  }
}
