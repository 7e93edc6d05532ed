// The keys, in one table: what binds them asks here, and so do the sheet of help and what a screen reader is told.

import { type Keys, PICTURE_KEYS } from '../element/picture-keys.js'

export { isKey } from '../element/picture-keys.js'

/** Where a key counts. */
export type KeyPlace = 'anywhere' | 'wall' | 'flag' | 'inside' | 'film' | 'cells'

export interface KeyCommand extends Keys {
  /** As they are shown, where that is something else. */
  readonly shown?: readonly string[]
  /** What they do: goes on after "keys: ". */
  readonly does: string
  readonly place: KeyPlace
}

const ARROWS = { keys: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'], shown: ['←', '↑', '↓', '→'] } as const

export const KEYS = {
  help: { keys: ['?'], does: 'help', place: 'anywhere' },
  fullScreen: {
    keys: ['f'],
    shown: ['F', 'Shift F'],
    does: 'the picture alone, on the whole screen',
    place: 'anywhere',
  },
  back: {
    ...PICTURE_KEYS.back,
    shown: ['Esc'],
    does: 'a step back: to all units, the flag, the wall',
    place: 'anywhere',
  },
  zoomIn: { ...PICTURE_KEYS.zoomIn, shown: ['+'], does: 'zoom in', place: 'anywhere' },
  zoomOut: { ...PICTURE_KEYS.zoomOut, shown: ['−'], does: 'zoom out', place: 'anywhere' },
  whole: { ...PICTURE_KEYS.whole, shown: ['0'], does: 'see the whole flag, or all flags', place: 'anywhere' },
  step: { ...ARROWS, does: 'go from flag to flag', place: 'wall' },
  enter: { ...PICTURE_KEYS.enter, does: 'fly in', place: 'wall' },
  search: { keys: [], shown: ['A … Z'], does: 'find a flag by its name', place: 'wall' },
  pan: { ...ARROWS, does: 'move (Shift: far)', place: 'flag' },
  inside: { keys: ['n'], shown: ['N'], does: 'look inside: every unit as a picture', place: 'flag' },
  why: { keys: ['y'], shown: ['Y'], does: 'why has this pixel its colour?', place: 'flag' },
  pin: { ...PICTURE_KEYS.enter, does: 'pin the point that is explained', place: 'flag' },
  scrub: { keys: ['e'], shown: ['E'], does: 'scrub the parameters', place: 'flag' },
  compare: { keys: ['o'], shown: ['O'], does: 'hold: the file’s own picture, without edits', place: 'flag' },
  swipe: { keys: ['c'], shown: ['C'], does: 'compare beside a line that is moved over the picture', place: 'flag' },
  undo: { keys: ['z'], shown: ['Ctrl Z'], does: 'undo an edit (Shift: do it again)', place: 'flag' },
  unitStep: { ...ARROWS, does: 'go from unit to unit', place: 'inside' },
  enlarge: { ...PICTURE_KEYS.enter, does: 'enlarge the unit', place: 'inside' },
  silence: { keys: ['s'], shown: ['S'], does: 'silence the unit', place: 'inside' },
  isolate: { keys: ['i'], shown: ['I'], does: 'silence all others of its layer', place: 'inside' },
  boost: { keys: ['b'], shown: ['B'], does: 'double the unit', place: 'inside' },
  takeBack: { keys: ['u'], shown: ['U'], does: 'take the last of these back', place: 'inside' },
  wires: { keys: ['w'], shown: ['W'], does: 'the strongest wires into the unit and out of it', place: 'inside' },
  stage: { keys: ['p'], shown: ['P'], does: 'before GELU, after it, after batch norm', place: 'inside' },
  centre: { keys: ['m'], shown: ['M'], does: 'white is a unit’s mean, or zero', place: 'inside' },
  play: { keys: [' '], shown: ['Space'], does: 'play, pause', place: 'film' },
  filmStep: { ...ARROWS, does: 'on the track: a moment back or on (Shift: far)', place: 'film' },
  cellStep: { ...ARROWS, does: 'go from cell to cell (Ctrl: layer to layer)', place: 'cells' },
  nudge: {
    keys: ['+', '=', '-', '_'],
    shown: ['+', '−'],
    does: 'change the value (Shift: coarse, Alt: fine)',
    place: 'cells',
  },
  type: { keys: [], shown: ['0 … 9'], does: 'type a value', place: 'cells' },
  restore: { keys: ['Backspace', 'Delete'], shown: ['Backspace'], does: 'the file’s own value again', place: 'cells' },
} as const satisfies Record<string, KeyCommand>

export const KEY_PLACES: Readonly<Record<KeyPlace, string>> = {
  anywhere: 'Anywhere',
  wall: 'On the wall',
  flag: 'In a flag',
  inside: 'Inside, among the units',
  film: 'In a film',
  cells: 'On the parameters',
}

/** The keys of a place as they are shown, and what they do; in the order of the table. */
export function keysOf(place: KeyPlace): { readonly shown: readonly string[]; readonly does: string }[] {
  return Object.values<KeyCommand>(KEYS)
    .filter(command => command.place === place)
    .map(({ keys, shown = keys, does }) => ({ shown, does }))
}

/** Names for keys whose signs are not read aloud. */
const SPOKEN: Readonly<Record<string, string>> = {
  '←': 'left',
  '↑': 'up',
  '↓': 'down',
  '→': 'right',
  '+': 'plus',
  '−': 'minus',
  '?': 'question mark',
}

/** All of them in sentences, for a screen reader: a place each. */
export function spokenKeys(places: readonly KeyPlace[]): string {
  return places
    .map(place => {
      const lines = keysOf(place).map(({ shown, does }) => {
        const name = shown.length === 4 ? 'arrows' : shown.map(key => SPOKEN[key] ?? key).join(' or ')
        return `${name}: ${does}`
      })
      return `${KEY_PLACES[place]}: ${lines.join('; ')}.`
    })
    .join(' ')
}
