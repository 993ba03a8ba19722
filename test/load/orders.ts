import type { StreamPlan } from '../../lib/load/index.ts'

/** The stream that ledgers are tried on. */
export const orders: StreamPlan = {
  name: 'ORDERS',
  subjects: ['orders.>'],
  replicas: 1,
  storage: 'file',
  retention: 'limits',
  discard: 'old',
}

/** What the ledger of a stream counts where nothing went wrong. */
export const nothing = {
  lost: 0,
  evicted: 0,
  unexpected: 0,
  recovered: 0,
  failedButPresent: 0,
  ackConflict: 0,
  duplicateWithId: 0,
  duplicate: 0,
  outOfOrder: 0,
}
