// Solving the mystery: `vexel/solve` tells from a network's weights over which inputs it was trained, what its outputs are, and which flag it draws.

export {
  type Catalogue,
  type CataloguePicture,
  LIST_FILE,
  parseCatalogue,
  type Sheet,
  SHEET_FILE,
} from './catalogue.js'
export type { NamedFlag, Reading, Solution } from './solution.js'
export { solve } from './solve.js'
