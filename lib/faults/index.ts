export * from './builders.ts'
export type * from './fault.ts'
export { createInjector, type Injector, type InjectorParts } from './injector.ts'
export * from './timeline.ts'
