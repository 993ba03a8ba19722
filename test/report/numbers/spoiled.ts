import type { Report } from '../../../lib/report/index.ts'

const message = { publisher: 0, sequence: 417, at: 12_345, tags: { phase: 'steady', window: 'fault', fault: 'cut' } }

/** The same run, had it gone wrong: thresholds that failed in every way, lost messages everywhere, processes that pile up. */
export function spoiled(report: Report): Report {
  const { ledger, services, thresholds } = report
  return {
    ...report,
    result: { verdict: 'failed', exitCode: 99, reasons: ['2 of its thresholds failed', '31 acked messages were lost'] },
    thresholds: thresholds.map(({ observed, ...one }, index) => {
      if (index === 0) return { ...one, passed: false, observed: observed ?? 0 }
      if (index === 1) return { ...one, passed: false, notWithin: 61_000 }
      return index === 2 ? { ...one, passed: false } : { ...one, ...(observed !== undefined && { observed }) }
    }),
    ...(services && {
      services: services.map((service) => ({
        ...service,
        instances: service.instances.map((one, index) => ({ ...one, maxProcesses: 1 + 1_200 * index })),
      })),
    }),
    ...(ledger && {
      ledger: {
        ...ledger,
        consumers: ledger.consumers.map((one) => ({ ...one, kind: 'pull', lost: 1_207, lostExamples: [message] })),
        streams: ledger.streams.map((one) => ({
          ...one,
          verdict: 'fail',
          lost: 31,
          notes: ['31 acked messages are not in it'],
          examples: { lost: [{ ...message, streamSequence: 1_018 }] },
        })),
        ...(ledger.paths && {
          paths: ledger.paths.map((one) => ({
            ...one,
            verdict: 'fail',
            lost: 12,
            notes: ['12 messages never came'],
            examples: { lost: [{ ...message, originSequence: 2_019 }] },
          })),
        }),
      },
    }),
  } satisfies Report
}
