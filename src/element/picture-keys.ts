// The keys that move a picture, wherever it is: in the page and in an element of another one.

/** Keys of one purpose, as `KeyboardEvent.key` has them, letters small. */
export interface Keys {
  readonly keys: readonly string[]
}

export const PICTURE_KEYS = {
  back: { keys: ['Escape'] },
  enter: { keys: ['Enter'] },
  zoomIn: { keys: ['+', '='] },
  zoomOut: { keys: ['-', '_'] },
  whole: { keys: ['0', 'Home'] },
} as const satisfies Record<string, Keys>

/** Whether an event is of one of some keys, whatever is held besides. */
export function isKey({ key }: { readonly key: string }, { keys }: Keys): boolean {
  return keys.includes(key.length === 1 ? key.toLowerCase() : key)
}
