export { LivePage } from './live-page.ts'
