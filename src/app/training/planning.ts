// The plan of the next run, as a person makes it: what was typed wrong changes nothing, and is told.

import type { OpenFile } from '../../open/open-file.js'
import { lineOf } from '../messages.js'
import { changePlan, type RunPlan, type TrainOptions } from './plan.js'
import { isSameNet, type NetOfFile, refusalOf } from './wanted-net.js'
import { MYSTERY_NET } from '../../model/architecture.js'

/** A net of another kind that was open, and that one like it may be trained of. */
export interface NetBefore extends NetOfFile {
  /** Why it cannot; null where it can. */
  readonly refusal: string | null
}

export class Planning {
  /** Why what was typed last was refused. */
  problem: string | null = null
  #like: NetBefore | null = null
  #plan: RunPlan

  constructor(plan: RunPlan) {
    this.#plan = plan
  }

  get plan(): RunPlan {
    return this.#plan
  }

  /** From now on this is the plan. */
  take(plan: RunPlan): void {
    this.#plan = plan
    this.problem = null
  }

  /** The net that was open last before an image came, where it is no MysteryNet. */
  get like(): NetBefore | null {
    return this.#like
  }

  /** Notes what is open when an image comes. */
  noteOpen({ name, network }: OpenFile): void {
    const { architecture } = network
    if (isSameNet(architecture, MYSTERY_NET)) return
    const net = { name, architecture }
    this.#like = { ...net, refusal: refusalOf(net) }
  }

  /** Changes what is said. @returns whether it could be: else {@link problem} says why, and nothing is changed */
  change(options: TrainOptions): boolean {
    try {
      this.take(changePlan(this.#plan, options))
      return true
    } catch (error) {
      this.problem = lineOf(error)
      return false
    }
  }
}
