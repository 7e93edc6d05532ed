// The terms of the field that the page shows, each in two sentences: the only place where they are explained. Popovers and the sheet of help ask here.

export interface Term {
  readonly name: string
  readonly text: string
}

export const TERMS = {
  psnr: {
    name: 'PSNR, in dB',
    text: 'How near two pictures are: the peak signal-to-noise ratio, in decibels, of which six more halve the error. 20 dB is rough, 30 good, at 40 the two are hardly to be told apart.',
  },
  plane: {
    name: 'Plane coordinates',
    text: 'The two numbers, x and y, that go into the net; mostly −1 is the left or upper edge of the picture and 1 the right or lower one. The plane goes on beyond the edges, and so does what the net paints.',
  },
  gelu: {
    name: 'GELU',
    text: 'The bend behind every hidden unit: numbers well above zero pass as they are, numbers well below it become nothing, with a soft knee between them. Without bends all layers together would be a single linear map, and the picture a gradient.',
  },
  batchNorm: {
    name: 'Batch norm',
    text: 'Shifts and scales what a unit gives by figures that it remembers of the training: over the picture each unit then has about mean 0 and spread 1. In the finished net it is one multiplication and one addition, and the figures give away what picture it was.',
  },
  logits: {
    name: 'Logits',
    text: 'Numbers without bounds that stand for values from 0 to 1: 0 is a half, 3 is nearly 1, −3 nearly 0. A net whose outputs are logits leaves the squeezing, 1 / (1 + e⁻ˣ), to whoever draws it.',
  },
  muon: {
    name: 'Muon',
    text: 'The optimizer: it makes every step of a layer’s matrix go equally far in all of its directions, so that faint ones are learned as fast as strong ones. In as much time it gets nearer to a flag than Adam, which still moves what is no hidden matrix.',
  },
} as const satisfies Record<string, Term>

export type TermId = keyof typeof TERMS
