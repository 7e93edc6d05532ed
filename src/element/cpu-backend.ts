// One team of workers for a whole page, where there is no GPU. It is fetched with the first element that needs it.

import { checkKernelWeights } from '../kernel/kernel-weights.js'
import { CpuRenderer, createTeam, loadDrawingKernel, teamName } from '../draw/cpu-renderer.js'
import type { Backend } from './backend.js'

/** @param onFail told once, when a worker cannot go on */
export function createCpuBackend(onFail: (error: Error) => void): Backend {
  const team = createTeam(onFail)
  return {
    name: teamName(team),
    get liveObjects() {
      return team.size
    },
    check: checkKernelWeights,
    createRenderer: async (canvas, background, events) =>
      new CpuRenderer(canvas, background, events, await loadDrawingKernel(), team),
    dispose: () => team.dispose(),
  }
}
