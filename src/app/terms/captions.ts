// What one looks at, a line a mode: shown when a mode is opened for the first time, and in the sheet of help.

export const CAPTIONS = {
  flag: {
    name: 'A flag',
    text: 'What you see is computed by one small network, at every point and at any depth: inside the frame, where it was trained, and beyond.',
  },
  parameters: {
    name: 'Scrub',
    text: 'Every cell is a number of the network: drag one, or turn the wheel over it, and see what it does to the flag.',
  },
  units: {
    name: 'Look inside',
    text: 'Each picture is what one unit says of every point: layer by layer they lead from x and y, on the left, to the colours.',
  },
  film: {
    name: 'How it was learned',
    text: 'The network as it was while it learned, along the curve of its error: play it, or drag along the curve.',
  },
  strip: {
    name: 'Strip',
    text: 'The same training as pictures, a moment each: fly into one to see it large.',
  },
  training: {
    name: 'Training',
    text: 'A network learns your picture, point by point: the picture, what the network paints by now, and what is still missing.',
  },
} as const

export type CaptionMode = keyof typeof CAPTIONS
