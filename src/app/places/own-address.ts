// How a file of the person's own stands in the address: the key that it is known by, and its name, for those who have no such file.

import { printableName } from '../../model/printable.js'

const NAME_LENGTH = 40
/** So begin the keys of what is still being trained. */
export const TRAINING = 'training-'

/** As in `3f2a9c1b04de7788,my logo`. */
export function spellOwn({ key, name }: { readonly key: string; readonly name: string }): string {
  return `${key},${name.replace(/\.safetensors$/i, '').slice(0, NAME_LENGTH)}`
}

/** The key of what {@link spellOwn} spells. */
export function ownKey(spelled: string): string {
  return spelled.split(',', 1)[0]
}

/** What to say where this browser has no such file. */
export function absentOwn(spelled: string): string {
  const key = ownKey(spelled)
  const name = printableName(spelled.slice(key.length + 1)) || 'a network'
  if (key.startsWith(TRAINING))
    return `link: the training of ${name} ended with the page; what was not kept of it is gone`
  return `link: ${name} is somebody's own network, which this link only names, and this browser has not got it; ask for the file, or for the link that Share… makes`
}
