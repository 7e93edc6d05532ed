// The test set of the solver: which picture is learned under which convention, for how long. Other flags, seeds and lengths
// than the wall's.

/** One net. */
export interface Plan {
  readonly name: string
  /** A code of svg-country-flags, or a picture of drawings.ts. */
  readonly picture: string
  readonly convention: string
  readonly width: number
  readonly steps: number
  readonly batch: number
  readonly seed: number
  readonly optimizer: 'adam' | 'muon'
  /** 'constant' keeps the learning rate to the end: the running statistics trail behind the weights. */
  readonly rate: 'falling' | 'constant'
  /** 'pytorch': as PyTorch draws it, whatever the inputs are; a number: spread over the frame, as `vexel train` does. */
  readonly firstLayer: 'pytorch' | number
}

const net = (
  picture: string,
  convention: string,
  changes: Partial<Omit<Plan, 'name' | 'picture' | 'convention'>> = {},
): Plan => ({
  name: `${picture}-${convention}`,
  picture,
  convention,
  width: 320,
  steps: 3000,
  batch: 2048,
  seed: 1000 + ([...picture, ...convention].reduce((sum, letter) => 31 * sum + letter.charCodeAt(0), 7) % 100_000),
  optimizer: 'muon',
  rate: 'falling',
  firstLayer: 3,
  ...changes,
})

export const PLANS: readonly Plan[] = [
  net('fr', 'unit'),
  net('de', 'half', { firstLayer: 'pytorch' }),
  net('br', 'pixel-index'),
  net('gb', 'pixel-centre', { width: 240 }),
  net('ca', 'over-longer'),
  net('za', 'from-middle', { steps: 4500 }),
  net('se', 'isotropic', { firstLayer: 'pytorch' }),
  net('ch', 'standardised', { width: 200 }),
  net('kr', 'linspace', { steps: 5000 }),
  net('in', 'linspace-unit'),
  net('ar', 'rows-first'),
  net('tr', 'rows-first-index'),
  net('cl', 'upwards'),
  net('au', 'mirrored', { steps: 5000 }),
  net('cu', 'rows-first-upwards'),
  net('cz', 'unit-upwards', { optimizer: 'adam', firstLayer: 'pytorch' }),
  net('gr', 'pi', { steps: 4000 }),
  net('cn', 'odd'),
  net('no', 'ten', { firstLayer: 'pytorch' }),
  net('ke', 'levels'),
  net('vn', 'symmetric'),
  net('bd', 'logits'),
  net('eg', 'opencv'),
  net('ua', 'bgr'),
  net('qa', 'all-at-once'),
  net('is', 'unit-logits', { steps: 4000 }),
  net('id', 'plus-minus-one', { width: 180 }),
  net('pl', 'unit', { seed: 5 }),
  net('jm', 'plus-minus-one', { optimizer: 'adam', batch: 1024, rate: 'constant', firstLayer: 'pytorch' }),
  net('th', 'plus-minus-one', { batch: 512, rate: 'constant', steps: 6000 }),
  net('pk', 'isotropic', { batch: 8192, steps: 1500 }),
  net('bt', 'linspace', { steps: 6000 }),
  net('ie', 'mirrored'),
  net('td', 'half'),
  net('bs', 'opencv', { width: 128 }),
  net('la', 'logits', { optimizer: 'adam', batch: 1024 }),
  // Pictures that hang on no wall.
  net('smiley', 'unit'),
  net('pennant', 'opencv'),
  net('hills', 'plus-minus-one'),
  net('target', 'logits'),
  // Nothing to be seen.
  net('noise', 'plus-minus-one'),
  net('noise', 'unit', { width: 96 }),
  net('noise', 'logits', { steps: 1500 }),
  net('fr', 'plus-minus-one', { steps: 0, firstLayer: 'pytorch' }),
  net('br', 'plus-minus-one', { steps: 0, firstLayer: 3 }),
]
