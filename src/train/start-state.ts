// Where one start of a run stands: plain data, of which the trainer goes on, and which a checkpoint holds.

import type { LandingState } from './landing.js'
import type { ReplicaState } from './replica.js'
import type { Snapshot } from './snapshots.js'
import type { Psnrs } from './target.js'

/** Where one start of a run stands. */
export interface StartState {
  readonly replicas: ReplicaState
  readonly landing: LandingState
  readonly curve: readonly CurvePoint[]
  readonly snapshots: readonly Snapshot[]
  /** Sum and count of the losses since the last measurement. */
  readonly pending: { readonly loss: number; readonly steps: number }
}

/** One measurement. */
export interface CurvePoint extends Psnrs {
  readonly step: number
  /** Mean loss of the batches since the point before. */
  readonly loss: number
}
