/** The only bridge between the page and the till: two functions, nothing of Electron. Runs sandboxed, before the page. */
import { type IpcRendererEvent, contextBridge, ipcRenderer } from 'electron';
import { CALL_CHANNEL, PUSH_CHANNEL } from './channels.ts';

const bridge = {
  /** Answers with a `CallOutcome`; the page's client parses it. */
  async call(name: string, request: unknown): Promise<unknown> {
    const outcome: unknown = await ipcRenderer.invoke(CALL_CHANNEL, name, request);
    return outcome;
  },
  onPush(listener: (name: string, body: unknown) => void): () => void {
    // The event itself stays here: it holds the sender, and with it a way to any channel.
    const pass = (_event: IpcRendererEvent, name: string, body: unknown): void => listener(name, body);
    ipcRenderer.on(PUSH_CHANNEL, pass);
    return () => {
      ipcRenderer.off(PUSH_CHANNEL, pass);
    };
  },
};

contextBridge.exposeInMainWorld('holdfast', bridge);
