/**
 * Loaded with `--import` before a built terminal entry: gives a plain Node process the `process.parentPort` that
 * Electron gives a utility process, over Node's own channel to the parent. As there, messages wait for a listener.
 */
import { EventEmitter } from 'node:events';

class ParentPort extends EventEmitter {
  readonly #waiting: unknown[] = [];

  constructor() {
    super();
    process.on('message', (data) => {
      if (!this.emit('message', { data, ports: [] })) this.#waiting.push(data);
    });
    // A utility process ends with the main process.
    process.on('disconnect', () => process.exit());
    this.on('newListener', (event) => {
      if (event !== 'message') return;
      setImmediate(() =>
        this.#waiting.splice(0).forEach((data) => this.emit('message', { data, ports: [] })),
      );
    });
  }

  postMessage(message: unknown): void {
    process.send?.(message);
  }
}

Object.defineProperty(process, 'parentPort', { value: new ParentPort() });
