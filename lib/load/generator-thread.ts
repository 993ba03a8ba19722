import { parentPort, workerData } from 'node:worker_threads'
import { Generator } from './generator.ts'
import type { FromGenerator, GeneratorConfig, ToGenerator } from './protocol.ts'
import type { ScriptModule } from './script-module.ts'

// A worker thread's entry: imports the bundle and hands messages to and fro.
const port = parentPort
if (!port) throw new Error('generator-thread.ts must be started as a worker thread')
process.setSourceMapsEnabled(true)

const config = workerData as GeneratorConfig
const script = (await import(config.bundle)) as ScriptModule
const generator = new Generator(config, script, (message: FromGenerator, transfer: ArrayBuffer[] = []) =>
  port.postMessage(message, transfer),
)
port.on('message', (message: ToGenerator) => {
  void generator.handle(message).then(() => {
    if (message.type === 'close') port.close()
  })
})
