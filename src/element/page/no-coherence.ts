// In place of what makes coherent tiles by WebGL: a page of one file counts its bytes. Where its WebGL is slow, the CPU draws, coherently.

import { UnsupportedError } from '../../model/errors.js'

/** Twin: src/gpu/coherent-maker.ts. */
export const CoherentMaker = {
  create: (): Promise<never> => Promise.reject(new UnsupportedError('this page has no coherent pictures by WebGL')),
}
