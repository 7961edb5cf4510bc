/**
 * Who may call a route. Each route declares one of these in its `config.access`; a server with a route that declares
 * none does not start (`http/http-server.ts`), and `access/every-route.test.ts` asks each of them as everybody.
 */
import type { z } from 'zod';
import type { orderChannelSchema } from '#domain/events/seed-events.ts';

export type OrderChannel = z.infer<typeof orderChannelSchema>;

export const API_SCOPES = ['orders', 'catalogue', 'inventory'] as const;
export type ApiScope = (typeof API_SCOPES)[number];

export type Access =
  /** Anybody: says nothing of the shop. */
  | 'public'
  /** The admin key only. */
  | 'admin'
  /** The route proves the sender itself, by a signature over the body. */
  | 'signature'
  /** A terminal with its token, for what is its location's. */
  | 'terminal'
  /** An API key with this scope, or the admin key. */
  | ApiScope;

/** Who calls: set on `request.caller` before a route runs; public and signature routes have `anybody`. */
export type Caller =
  { readonly kind: 'anybody' } | { readonly kind: 'admin' } | ApiKeyCaller | TerminalCaller;

export interface ApiKeyCaller {
  readonly kind: 'api_key';
  readonly keyId: string;
  readonly scopes: readonly ApiScope[];
  readonly channels: readonly OrderChannel[];
  /** null: all locations */
  readonly locationId: string | null;
}

export interface TerminalCaller {
  readonly kind: 'terminal';
  readonly terminalId: string;
  readonly locationId: string;
}

/** How the caller is named in the metadata of events: `user_id`. */
export function nameOf(caller: Caller): string {
  switch (caller.kind) {
    case 'anybody':
    case 'admin':
      return caller.kind;
    case 'api_key':
      return `api-key:${caller.keyId}`;
    case 'terminal':
      return `terminal:${caller.terminalId}`;
  }
}

export function mayTouchLocation(caller: Caller, locationId: string): boolean {
  switch (caller.kind) {
    case 'anybody':
      return false;
    case 'admin':
      return true;
    case 'api_key':
      return caller.locationId === null || caller.locationId === locationId;
    case 'terminal':
      return caller.locationId === locationId;
  }
}

/** A channel's key places orders of its own channels only; the admin those of all. A till sends events. */
export function mayUseChannel(caller: Caller, channel: OrderChannel): boolean {
  switch (caller.kind) {
    case 'anybody':
    case 'terminal':
      return false;
    case 'admin':
      return true;
    case 'api_key':
      return caller.channels.includes(channel);
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    caller: Caller;
  }
}
