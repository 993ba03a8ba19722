export { OtlpFeed } from './feed.ts'
export { OtlpSender } from './sender.ts'
