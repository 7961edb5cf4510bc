/**
 * A socket.io connection as bare frames, for what no client library would send. engine.io's frames begin with a digit
 * (0 open, 2 ping, 4 message), socket.io's messages with another (40 connect, 42 event, 43 answer, 44 refusal).
 */
export interface RawSocket {
  send(frame: string | Buffer<ArrayBuffer>): void;
  /** The next frame that is neither the greeting nor a ping; undefined when the server has hung up. */
  next(): Promise<string | undefined>;
  /** Sends, and waits for the frame that begins so; undefined when the server has hung up. */
  ask(frame: string, answerBegins: string): Promise<string | undefined>;
  readonly isOpen: () => boolean;
  close(): void;
}

export async function openRawSocket(serverUrl: string): Promise<RawSocket> {
  const address = new URL('/socket.io/?EIO=4&transport=websocket', serverUrl);
  address.protocol = 'ws:';
  const socket = new WebSocket(address);
  const arrived: string[] = [];
  const waiting: ((frame: string | undefined) => void)[] = [];
  socket.addEventListener('message', ({ data }) => {
    const frame = String(data);
    if (frame.startsWith('0')) return;
    if (frame === '2') {
      socket.send('3');
      return;
    }
    const next = waiting.shift();
    if (next === undefined) arrived.push(frame);
    else next(frame);
  });
  socket.addEventListener('close', () => {
    for (const next of waiting.splice(0)) next(undefined);
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => {
      resolve();
    });
    socket.addEventListener('error', () => {
      reject(new Error('the WebSocket was refused'));
    });
  });
  const isOpen = () => socket.readyState === WebSocket.OPEN;
  const next = () =>
    new Promise<string | undefined>((resolve) => {
      const frame = arrived.shift();
      if (frame !== undefined || !isOpen()) resolve(frame);
      else waiting.push(resolve);
    });
  return {
    send: (frame) => {
      if (isOpen()) socket.send(frame);
    },
    next,
    async ask(frame, answerBegins) {
      if (isOpen()) socket.send(frame);
      let answer = await next();
      while (answer !== undefined && !answer.startsWith(answerBegins)) answer = await next();
      return answer;
    },
    isOpen,
    close: () => {
      socket.close();
    },
  };
}
