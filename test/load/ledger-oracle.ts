import { duplicateWindowMs, type History } from './ledger-history.ts'

/** What a stream's ledger must say of a history, by arrays and Sets and no thought of cost. */
export function oracle({ plan, attempts, stored, after, cutAt }: History) {
  const seen = stored.filter(({ streamSequence }) => cutAt === undefined || streamSequence <= cutAt)
  const ours = seen.filter(({ stamp }) => stamp?.publisher === 0 && stamp.sequence < attempts.length)
  const read = new Set(ours.map(({ stamp }) => stamp!.sequence))
  const all = attempts.map((attempt, sequence) => ({ ...attempt, sequence }))
  const acked = all.filter(({ ack }) => ack && !ack.duplicate)
  const ackedSequences = new Set(acked.map(({ sequence }) => sequence))
  const deduplicated = all.filter(({ ack }) => ack?.duplicate)
  const firstLeft = stored[0]?.streamSequence ?? Number.POSITIVE_INFINITY
  const isKnown = (seq: number) => cutAt === undefined || seq <= cutAt
  const isEvicted = (seq: number) =>
    cutAt === undefined && plan.maxMessages !== undefined && stored.length >= plan.maxMessages && seq < firstLeft
  const gone = [
    ...acked.filter(({ sequence, ack }) => !read.has(sequence) && isKnown(ack!.seq)),
    ...deduplicated.filter(
      ({ ack }) => isKnown(ack!.seq) && !seen.some(({ streamSequence }) => streamSequence === ack!.seq),
    ),
  ]
  const lost = gone.filter(({ ack }) => !isEvicted(ack!.seq))
  const [lowest, highest] = [
    [...read].reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    [...read].reduce((a, b) => Math.max(a, b), -1),
  ]
  const repeated = seen.filter(
    ({ messageId, storedAt }, index) =>
      messageId !== undefined &&
      seen
        .slice(0, index)
        .some((other) => other.messageId === messageId && storedAt - other.storedAt < duplicateWindowMs),
  )
  const copies = ours.filter(
    ({ stamp }, index) => ours.findIndex((other) => other.stamp!.sequence === stamp!.sequence) < index,
  )
  const places = (sequence: number) =>
    ours.filter(({ stamp }) => stamp!.sequence === sequence).map(({ streamSequence }) => streamSequence)
  const conflicts = acked.filter(
    ({ sequence, ack }) =>
      acked.some((other) => other.sequence !== sequence && [other.ack!.seq, other.again].includes(ack!.seq)) ||
      (isKnown(ack!.seq) && read.has(sequence) && !places(sequence).includes(ack!.seq)),
  )
  const order = ours
    .filter((message) => !copies.includes(message))
    .map(({ stamp }) => stamp!.sequence)
    .filter((sequence) => ackedSequences.has(sequence))
  const failedButPresent = all.filter(({ outcome, sequence }) => outcome === 'failed' && read.has(sequence)).length
  const unexpected = seen.filter((message) =>
    message.stamp ? !ours.includes(message) : message.streamSequence > after,
  ).length
  const duplicateWithId = repeated.filter((message) => ours.includes(message)).length
  const counts = {
    acked: acked.length,
    lateAcked: all.filter(({ late }) => late).length,
    deduplicated: deduplicated.length,
    read: read.size,
    earlier: seen.filter(({ stamp, streamSequence }) => !stamp && streamSequence <= after).length,
    lost: lost.length,
    lostPrefix: lost.filter(({ sequence }) => sequence < lowest).length,
    lostMiddle: lost.filter(({ sequence }) => sequence >= lowest && sequence <= highest).length,
    lostPostfix: lost.filter(({ sequence }) => sequence >= lowest && sequence > highest).length,
    evicted: gone.length - lost.length,
    unexpected,
    recovered: all.filter(({ outcome, sequence }) => outcome === 'indeterminate' && read.has(sequence)).length,
    failedButPresent,
    ackConflict: conflicts.length,
    duplicateWithId,
    duplicate: copies.filter((message) => !repeated.includes(message)).length,
    outOfOrder: order.filter((sequence, index) => order.slice(0, index).some((before) => before > sequence)).length,
  }
  const isBad = lost.length + unexpected + failedButPresent + conflicts.length + duplicateWithId > 0
  const lostIn = (section: number) => lost.filter((attempt) => attempt.section === section).length
  return {
    ...counts,
    verdict: isBad ? 'fail' : cutAt === undefined ? 'pass' : 'unknown',
    lostBySection: Object.fromEntries(
      [...new Set(lost.map(({ section }) => section))]
        .sort((a, b) => a - b)
        .map((section) => [section, lostIn(section)]),
    ),
    lostSequences: new Set(lost.map(({ sequence }) => sequence)),
    conflictSequences: new Set(conflicts.map(({ sequence }) => sequence)),
  }
}
