/** `npm start` as a person uses it: another process, its printed lines, its ports and folders. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEMO_TERMINAL } from './demo-shop.ts';
import { freePort } from './next-free-port.ts';
import { connectTill } from './till-client.ts';

const START = path.join(import.meta.dirname, 'start.ts');

interface Box {
  readonly output: () => string;
  readonly link: string;
  /** Ctrl-C. @returns the exit code */
  interrupt(): Promise<number | null>;
  /** SIGKILL */
  kill(): Promise<number | null>;
}

interface Ended {
  readonly output: string;
  readonly code: number | null;
}

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'holdfast-box-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await exitOf(child);
    }
  }
  rmSync(folder, { recursive: true, force: true });
});

function launch(args: readonly string[]): { readonly child: ChildProcess; readonly output: () => string } {
  const child = spawn(process.execPath, [START, '--no-open', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let output = '';
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return { child, output: () => output };
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) resolve(child.exitCode);
    else child.once('exit', (code) => resolve(code));
  });
}

async function startBox(...args: string[]): Promise<Box> {
  const { child, output } = launch(args);
  const exited = exitOf(child);
  const link = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', () => {
      const found = /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.exec(output());
      if (found && output().includes('Ctrl-C')) resolve(found[0]);
    });
    void exited.then(() => reject(new Error(`ended before it was ready: ${output()}`)));
  });
  return {
    output,
    link,
    interrupt: () => {
      child.kill('SIGINT');
      return exited;
    },
    kill: () => {
      child.kill('SIGKILL');
      return exited;
    },
  };
}

/** Server and till of this data folder, as the kernel lists them. */
function servicePids(data: string): string[] {
  const { stdout } = spawnSync('pgrep', ['-f', `(src-server/main|cli/terminal).ts .*${data}`], {
    encoding: 'utf8',
  });
  return stdout.split('\n').filter((pid) => pid !== '');
}

async function startAndFail(...args: string[]): Promise<Ended> {
  const { child, output } = launch(args);
  const code = await exitOf(child);
  return { output: output(), code };
}

async function sellOneCola(link: string): Promise<string> {
  const till = await connectTill(link);
  await till.call('session.signIn', { pin: '1111' });
  await till.call('sale.scan', { code: '06214159' });
  const { orderId, total } = await till.call('sale.beginPayment', {});
  const sale = await till.call('sale.tenderCash', { orderId, total, tendered: total });
  till.close();
  return sale.receiptNumber;
}

describe('npm start', () => {
  it('runs a store, says so in at most 20 lines, stops on Ctrl-C, and finds everything again', async () => {
    const data = path.join(folder, 'data');
    const port = String(await freePort());
    const first = await startBox('--data', data, '--port', port);
    const lines = first.output().trim().split('\n');
    expect(lines.length).toBeLessThanOrEqual(20);
    expect(first.output()).toContain('cashier 1111 · manager 2222');
    expect(await sellOneCola(first.link)).toBe(`STORE-001-${DEMO_TERMINAL}-000001`);
    expect(await first.interrupt()).toBe(0);
    expect(first.output()).toContain('All stopped');

    const second = await startBox('--data', data, '--port', port);
    expect(second.output()).not.toContain('Setting up');
    expect(await sellOneCola(second.link)).toBe(`STORE-001-${DEMO_TERMINAL}-000002`);
    expect(await second.interrupt()).toBe(0);

    const third = await startBox('--data', data, '--port', port, '--fresh');
    expect(await sellOneCola(third.link)).toBe(`STORE-001-${DEMO_TERMINAL}-000001`);
    expect(await third.interrupt()).toBe(0);
  }, 120_000);

  it('survives a Ctrl-C that arrives twice, and leaves no process behind', async () => {
    const data = path.join(folder, 'data');
    const box = await startBox('--data', data, '--port', String(await freePort()));
    expect(servicePids(data)).toHaveLength(2);
    const ended = box.interrupt();
    void box.interrupt();
    expect(await ended).toBe(0);
    expect(box.output()).toContain('All stopped');
    expect(servicePids(data)).toEqual([]);
  }, 60_000);

  it('stopped in the middle of its first start, starts whole the next time', async () => {
    const data = path.join(folder, 'data');
    const port = String(await freePort());
    const { child, output } = launch(['--data', data, '--port', port]);
    await expect.poll(output, { timeout: 20_000 }).toContain('Setting up');
    child.kill('SIGINT');
    expect(await exitOf(child)).toBe(0);
    expect(output()).not.toContain('Holdfast is ready');
    expect(servicePids(data)).toEqual([]);
    const box = await startBox('--data', data, '--port', port);
    expect(await sellOneCola(box.link)).toBe(`STORE-001-${DEMO_TERMINAL}-000001`);
    await box.interrupt();
  }, 90_000);

  it('never takes the data from under a store that is running, not even with --fresh', async () => {
    const data = path.join(folder, 'data');
    const box = await startBox('--data', data, '--port', String(await freePort()));
    for (const args of [[], ['--fresh']]) {
      const { output, code } = await startAndFail('--data', data, ...args);
      expect(code).toBe(1);
      expect(output).toContain('Another Holdfast is running');
    }
    await sellOneCola(box.link);
    expect(await box.interrupt()).toBe(0);
  }, 90_000);

  it('leaves with --fresh what somebody else put into its folder', async () => {
    const data = path.join(folder, 'data');
    const port = String(await freePort());
    await (await startBox('--data', data, '--port', port)).interrupt();
    writeFileSync(path.join(data, 'my-notes.txt'), 'call the distributor');
    await (await startBox('--data', data, '--port', port, '--fresh')).interrupt();
    expect(existsSync(path.join(data, 'my-notes.txt'))).toBe(true);
  }, 90_000);

  it('leaves no process behind when it is killed itself', async () => {
    const data = path.join(folder, 'data');
    const box = await startBox('--data', data, '--port', String(await freePort()));
    expect(servicePids(data)).toHaveLength(2);
    await box.kill();
    await expect.poll(() => servicePids(data), { timeout: 15_000 }).toEqual([]);
  }, 60_000);

  it('refills a server that has lost everything from the till', async () => {
    const data = path.join(folder, 'data');
    const port = String(await freePort());
    const first = await startBox('--data', data, '--port', port);
    await sellOneCola(first.link);
    await first.interrupt();
    rmSync(path.join(data, 'server'), { recursive: true });

    const second = await startBox('--data', data, '--port', port);
    const till = await connectTill(second.link);
    await expect
      .poll(async () => (await till.call('status.get', {})).sync, { timeout: 20_000 })
      .toMatchObject({ state: 'live', up: { waiting: 0 } });
    const { sync } = await till.call('status.get', {});
    expect(sync.up.ackedThrough).toBe(sync.up.lastSeq);
    till.close();
    await second.interrupt();
  }, 90_000);

  it('takes the next port when one is taken', async () => {
    const port = await freePort();
    const squatter = await listen(port);
    const box = await startBox('--data', path.join(folder, 'data'), '--port', String(port));
    expect(Number(new URL(box.link).port)).toBeGreaterThan(port);
    expect(await box.interrupt()).toBe(0);
    await new Promise((resolve) => squatter.close(resolve));
  }, 60_000);

  it('touches no folder that holds something else, not even with --fresh', async () => {
    const precious = path.join(folder, 'thesis.txt');
    writeFileSync(precious, 'chapter one');
    const { output, code } = await startAndFail('--data', folder, '--fresh');
    expect(code).toBe(1);
    expect(output).toContain('holds no Holdfast data');
    expect(existsSync(precious)).toBe(true);
  });

  it('says what is wrong with a damaged till database and does not replace it', async () => {
    const data = path.join(folder, 'data');
    const port = String(await freePort());
    const box = await startBox('--data', data, '--port', port);
    await box.interrupt();
    writeFileSync(path.join(data, 'terminal/holdfast.db'), 'not a database, but somebody wrote it here');
    const { output, code } = await startAndFail('--data', data, '--port', port);
    expect(code).toBe(1);
    expect(output).toContain('is damaged');
    expect(output).toContain('restore --data');
  }, 60_000);

  it('explains its options and refuses unknown ones', async () => {
    const help = await startAndFail('--help');
    for (const option of ['--port', '--data', '--no-open', '--fresh']) expect(help.output).toContain(option);
    expect(help.code).toBe(0);
    const wrong = await startAndFail('--prot', '7000');
    expect(wrong.code).not.toBe(0);
    expect(wrong.output).toContain('--prot');
    expect((await startAndFail('--port', 'seven')).output).toContain('a port is a number');
  });

  it('names a data folder that it cannot make', async () => {
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    mkdirSync(path.join(folder, 'x'));
    const { output, code } = await startAndFail('--data', path.join(file, 'data'));
    expect(code).toBe(1);
    expect(output).toContain('cannot write to');
  });
});

function listen(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
}
