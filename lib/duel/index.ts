export { type Duelled, duel } from './duel.ts'
export { parseSides, type Side } from './side.ts'
export type { DuelSettings } from './state.ts'
export { commitOf } from './worktree.ts'
