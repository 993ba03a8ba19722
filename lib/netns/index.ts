export { cablePrefix } from './cables.ts'
export { type Kernel, requireKernel } from './kernel.ts'
export { RegionNamespaces } from './region-namespaces.ts'
export { removeCables } from './remove-cables.ts'
