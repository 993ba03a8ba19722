import { faults } from './faults.ts'
import { jetstream } from './jetstream.ts'
import { minimal } from './minimal.ts'
import { request } from './request.ts'

/** What `squall new` can write, by name. */
export const templates = { minimal, jetstream, faults, request } as const

export const templateNames = Object.keys(templates) as (keyof typeof templates)[]
