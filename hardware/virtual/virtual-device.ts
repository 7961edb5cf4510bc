import { EscPosDecoder } from './escpos-decoder.ts';
import type { Operation } from './escpos-operation.ts';
import {
  canPrint,
  HEALTHY,
  type PrinterCondition,
  type PrinterConditionChange,
  realTimeStatus,
  sensorStatus,
} from './printer-condition.ts';
import { RealTimeScanner } from './real-time-scanner.ts';

/** One connection as the device sees it. */
export interface HostLink {
  /** Sends a status byte back. */
  answer(byte: number): void;
  /** Everything that came by this link has been worked through. */
  drained(): void;
  /** Hangs up without a goodbye. */
  hangUp(): void;
}

export interface DeviceEvents {
  /** A receipt is complete: it was cut, or its connection ended. */
  receipt(operations: readonly Operation[]): void;
  /** The drawer opened, or the condition changed. */
  changed(): void;
}

/** In close_mid_job: enough for the head of a receipt. */
const BYTES_BEFORE_HANGING_UP = 120;
/** Slow printing goes on in steps of this many milliseconds. */
const TICK = 20;

type Work = { readonly link: HostLink; bytes: Uint8Array } | { readonly link: HostLink; readonly end: true };

/**
 * The printer behind the socket: takes bytes into a buffer, works through them in order, as fast as its
 * condition allows, and answers real-time requests at once. Like hardware it keeps the buffer when the paper
 * runs out or the host hangs up, and prints on when paper is back.
 */
export class VirtualDevice {
  condition: PrinterCondition = HEALTHY;
  drawerOpen = false;
  drawerPulses = 0;
  bytesReceived = 0;
  readonly #events: DeviceEvents;
  readonly #decoder = new EscPosDecoder();
  readonly #scanner = new RealTimeScanner();
  readonly #buffer: Work[] = [];
  #paper: Operation[] = [];
  #timer: NodeJS.Timeout | undefined;
  #worked = 0;

  constructor(events: DeviceEvents) {
    this.#events = events;
  }

  setCondition(change: PrinterConditionChange): void {
    const { paper, cover, behaviour, bytesPerSecond } = change;
    this.condition = {
      paper: paper ?? this.condition.paper,
      cover: cover ?? this.condition.cover,
      behaviour: behaviour ?? this.condition.behaviour,
      bytesPerSecond: bytesPerSecond === undefined ? this.condition.bytesPerSecond : bytesPerSecond,
    };
    this.#events.changed();
    this.#work();
  }

  closeDrawer(): void {
    this.drawerOpen = false;
    this.#events.changed();
  }

  linkOpened(): void {
    this.#worked = 0;
  }

  receive(bytes: Uint8Array, link: HostLink): void {
    this.bytesReceived += bytes.length;
    for (const request of this.#scanner.push(bytes)) {
      if (request.kind === 'pulse') this.#openDrawer();
      else if (this.condition.behaviour === 'normal' || this.condition.behaviour === 'close_mid_job') {
        link.answer(realTimeStatus(request.n, this.condition, this.drawerOpen));
      }
    }
    this.#buffer.push({ link, bytes });
    this.#work();
  }

  linkEnded(link: HostLink): void {
    this.#buffer.push({ link, end: true });
    this.#work();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#buffer.length = 0;
  }

  #work(): void {
    if (this.#timer !== undefined) return;
    for (let head = this.#buffer[0]; head !== undefined; head = this.#buffer[0]) {
      if (this.condition.behaviour === 'silent' || !canPrint(this.condition)) return;
      if ('end' in head) {
        this.#buffer.shift();
        this.#print(this.#decoder.finish(), head.link);
        this.#endReceipt();
        head.link.drained();
        continue;
      }
      const share = this.#share(head.bytes.length);
      const now = head.bytes.subarray(0, share);
      head.bytes = head.bytes.subarray(share);
      if (head.bytes.length === 0) this.#buffer.shift();
      this.#print(this.#decoder.push(now), head.link);
      this.#worked += share;
      if (this.condition.behaviour === 'close_mid_job' && this.#worked >= BYTES_BEFORE_HANGING_UP) {
        this.#buffer.length = 0;
        head.link.hangUp();
        return;
      }
      if (this.condition.bytesPerSecond !== null) {
        this.#timer = setTimeout(() => {
          this.#timer = undefined;
          this.#work();
        }, this.#pause(share));
        return;
      }
    }
  }

  /** How many of the waiting bytes this step takes. */
  #share(waiting: number): number {
    const { bytesPerSecond, behaviour } = this.condition;
    if (behaviour === 'close_mid_job') return Math.min(waiting, BYTES_BEFORE_HANGING_UP);
    if (bytesPerSecond === null) return waiting;
    return Math.min(waiting, Math.max(1, Math.round((bytesPerSecond * TICK) / 1000)));
  }

  #pause(share: number): number {
    const { bytesPerSecond } = this.condition;
    return bytesPerSecond === null ? 0 : (share * 1000) / bytesPerSecond;
  }

  #print(operations: readonly Operation[], link: HostLink): void {
    for (const operation of operations) {
      if (operation.kind === 'status_request') {
        // DLE EOT was answered when it arrived.
        if (operation.command === 'GS r' && this.condition.behaviour !== 'no_status') {
          link.answer(sensorStatus(operation.n, this.condition, this.drawerOpen));
        }
        continue;
      }
      if (operation.kind === 'drawer_pulse' && !operation.realTime) this.#openDrawer();
      this.#paper.push(operation);
      if (operation.kind === 'cut') this.#endReceipt();
    }
  }

  /** What stands on the paper so far is a receipt, if anything stands there. */
  #endReceipt(): void {
    const operations = this.#paper;
    this.#paper = [];
    // Feeds and settings alone are no receipt; rubbish is shown as one, because somebody must see it.
    if (operations.some(({ kind }) => VISIBLE.has(kind))) this.#events.receipt(operations);
  }

  #openDrawer(): void {
    this.drawerOpen = true;
    this.drawerPulses += 1;
    this.#events.changed();
  }
}

const VISIBLE: ReadonlySet<Operation['kind']> = new Set(['text', 'barcode', 'qr', 'raster', 'unknown']);
