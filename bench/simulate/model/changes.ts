/** The way down, as the protocol says it: each function reads the server's state in one moment. */
import { hash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import {
  type ChangesPageOnWire,
  type ChangesPullReply,
  type ChangesPullRequest,
  SNAPSHOT_FORMAT,
  type SnapshotLineOnWire,
  type SnapshotOffer,
} from '#sync/protocol/changes.ts';
import type { StockRecord } from '#sync/protocol/live-messages.ts';
import { type Gone, type ModelState, type Touch, LOCATION, headOf } from './state.ts';

export interface MadeSnapshot {
  readonly offer: SnapshotOffer;
  readonly bytes: Buffer;
  readonly stock: readonly StockRecord[];
  /** By terminal. */
  readonly heads: Readonly<Record<string, number>>;
}

/** How far a cursor is; undefined for none of the model's. */
export function positionOf(cursor: string): number | undefined {
  const position = Number(cursor.split('.')[0]);
  return Number.isInteger(position) ? position : undefined;
}

export interface Changes {
  pull(terminalId: string, request: ChangesPullRequest): ChangesPullReply;
  /** @param name last part of its path */
  snapshot(name: string, madeAt: Date): MadeSnapshot;
  /** Up to now. */
  cursor(): string;
}

/** @param horizon rows that the server answers at most; who is further behind loads a snapshot */
export function modelChanges(state: ModelState, horizon: number): Changes {
  /**
   * A page tells records as they are now, and `to` may lie before that. So the cursor names both rows: a server that was put
   * back to between the two would otherwise never correct what it told of the time that it has lost.
   */
  const cursorAt = (to: number): string => `${pointAt(to)}:${pointAt(state.rows.length)}`;
  const pointAt = (position: number): string => `${position}.${state.rows[position - 1]?.mark ?? ''}`;

  function placeOf(cursor: string): number | undefined {
    const points = cursor.split(':');
    const positions = points.map((point) => Number(point.split('.')[0]));
    const isOurs = points.every((point, index) => point === pointAt(positions[index] ?? -1));
    const [to = 0] = positions;
    return isOurs && state.rows.length - to <= horizon ? to : undefined;
  }

  return {
    cursor: () => cursorAt(state.rows.length),
    pull(terminalId, { after, limit }) {
      const from = after === null ? undefined : placeOf(after);
      if (from === undefined)
        return { ok: false, code: 'snapshot_needed', message: 'No page leads from there to now.' };
      const touched = new Map<string, Touch>();
      let to = from;
      for (; to < state.rows.length && touched.size < limit; to += 1) {
        for (const touch of state.rows[to]?.touched ?? []) touched.set(`${touch.kind}/${touch.key}`, touch);
      }
      const terminal = state.terminals.get(terminalId);
      const stockThrough = terminal ? headOf(terminal).seq : 0;
      return {
        ok: true,
        ...pageOf(state, [...touched.values()]),
        to: cursorAt(to),
        more: to < state.rows.length,
        stock_through: stockThrough,
      };
    },
    snapshot(name, madeAt) {
      const cursor = cursorAt(state.rows.length);
      const records = recordLines(state);
      const heads = Object.fromEntries(
        [...state.terminals.values()].map((one) => [one.terminalId, headOf(one).seq]),
      );
      const lines: readonly SnapshotLineOnWire[] = [
        {
          kind: 'header',
          format: SNAPSHOT_FORMAT,
          location_id: LOCATION,
          cursor,
          made_at: madeAt.toISOString(),
          heads,
        },
        ...records,
        { kind: 'end', records: records.length },
      ];
      const bytes = gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { level: 1 });
      return {
        offer: {
          path: `/api/snapshots/${name}`,
          bytes: bytes.length,
          sha256: hash('sha256', bytes, 'hex'),
          cursor,
          records: records.length,
        },
        bytes,
        stock: [...state.stock].map(([sku, figures]) => ({ sku, ...figures })),
        heads,
      };
    },
  };
}

function pageOf(
  state: ModelState,
  touched: readonly Touch[],
): Omit<ChangesPageOnWire, 'to' | 'more' | 'stock_through'> {
  const keysOf = (kind: Touch['kind']) =>
    touched.filter((touch) => touch.kind === kind).map(({ key }) => key);
  const from = <Value>(records: ReadonlyMap<string, Value>, kind: Touch['kind']) =>
    keysOf(kind).flatMap((key) => records.get(key) ?? []);
  return {
    merchandise_codes: from(state.merchandiseCodes, 'merchandise_code'),
    items: from(state.items, 'item'),
    promotions: from(state.promotions, 'promotion'),
    staff: from(state.staff, 'staff'),
    settings: keysOf('settings').length > 0 ? state.settings : null,
    stock: keysOf('stock').map((sku) => ({ sku, ...(state.stock.get(sku) ?? { quantity: 0, reserved: 0 }) })),
  };
}

function recordLines(state: ModelState): SnapshotLineOnWire[] {
  return [
    ...standing(state.merchandiseCodes).map((record) => ({ kind: 'merchandise_code', record }) as const),
    ...standing(state.items).map((record) => ({ kind: 'item', record }) as const),
    ...standing(state.promotions).map((record) => ({ kind: 'promotion', record }) as const),
    ...[...state.staff.values()].map((record) => ({ kind: 'staff', record }) as const),
    { kind: 'settings', record: state.settings } as const,
    ...[...state.stock].map(([sku, figures]) => ({ kind: 'stock', record: { sku, ...figures } }) as const),
  ];
}

/** What was not deleted. */
function standing<Record extends object>(
  records: ReadonlyMap<string, Record | Gone>,
): Exclude<Record, Gone>[] {
  return [...records.values()].filter((record): record is Exclude<Record, Gone> => !('deleted' in record));
}
