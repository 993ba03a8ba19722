import type { OriginPlan, StreamPlan } from './assets.ts'
import { subjectMatches } from './subject.ts'
import { mapSubject } from './subject-mapping.ts'

/** One step of a message's path: from a stream into a copy of it. */
export interface Hop {
  readonly copy: string
  readonly kind: 'mirror' | 'sources'
  readonly origin: OriginPlan
  /** The streams on the way to the copy, the copy last; it begins where several ways come together, or where it is published. */
  readonly path: readonly string[]
  /** The streams that are published to from which messages come this way. */
  readonly roots: readonly string[]
}

/** Every step from a stream to a copy of it. */
export function hopsOf(streams: readonly StreamPlan[]): Hop[] {
  return streams.flatMap(({ name, copies }) =>
    (copies?.origins ?? []).map(
      (origin): Hop => ({
        copy: name,
        kind: copies!.kind,
        origin,
        path: [...wayTo(origin.stream, streams), name],
        roots: rootsOf(origin.stream, streams).map((root) => root.name),
      }),
    ),
  )
}

/** The streams that are published to whose messages reach a stream: itself, or those at the other ends of what it copies. */
export function rootsOf(stream: string, streams: readonly StreamPlan[]): StreamPlan[] {
  const plan = streams.find(({ name }) => name === stream)
  if (!plan) return []
  if (!plan.copies) return [plan]
  return [...new Set(plan.copies.origins.flatMap((origin) => rootsOf(origin.stream, streams)))]
}

/** How many copies lie between a stream and what is published; 0 for one that is published to. */
export function depthOf(stream: string, streams: readonly StreamPlan[]): number {
  const origins = streams.find(({ name }) => name === stream)?.copies?.origins ?? []
  return origins.reduce((most, origin) => Math.max(most, 1 + depthOf(origin.stream, streams)), 0)
}

/** The subjects under which a stream stores what is published to `subject`; none when it does not get it. */
export function arrivals(subject: string, stream: string, streams: readonly StreamPlan[]): string[] {
  const plan = streams.find(({ name }) => name === stream)
  if (!plan?.copies) return plan?.subjects.some((pattern) => subjectMatches(pattern, subject)) ? [subject] : []
  return plan.copies.origins.flatMap((origin) =>
    arrivals(subject, origin.stream, streams).flatMap((as) => mapSubject(origin, as) ?? []),
  )
}

function wayTo(stream: string, streams: readonly StreamPlan[]): string[] {
  const origins = streams.find(({ name }) => name === stream)?.copies?.origins ?? []
  return origins.length === 1 ? [...wayTo(origins[0]!.stream, streams), stream] : [stream]
}
