// In place of the kernel in relaxed arithmetic: a page of one file would carry both, and 3 KB more for a sixth of its speed.

import { type Kernel, STRICT } from '../../kernel/module.js'

/** Twin: src/kernel/relaxed.ts. */
export const loadDrawingKernel = (): Promise<Kernel> => Promise.resolve(STRICT)
