import type { GroupStatus } from './group-status.ts'
import type { LeaderChange } from './leaders.ts'
import type { ReplicaLag } from './replicas.ts'
import type { Round } from './sample.ts'

/** A round, and what follows from it and the one before. */
export interface Observation {
  readonly round: Round
  readonly before: Round | undefined
  /** The meta groups first, then the streams that were told of. */
  readonly statuses: readonly GroupStatus[]
  readonly changes: readonly LeaderChange[]
  readonly lags: readonly ReplicaLag[]
  /** Streams whose every replica is current. */
  readonly current: readonly string[]
}
