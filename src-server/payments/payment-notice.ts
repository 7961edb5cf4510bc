/** What a payment company tells us by itself, over a route of ours that it calls. */

export type PaymentNoticeKind = 'authorised' | 'captured' | 'failed' | 'canceled';

export interface PaymentNotice {
  readonly kind: PaymentNoticeKind;
  /** The company's id of this notice. It may come more than once, and notices in any order. */
  readonly eventId: string;
  readonly intentId: string;
  /** Ours; null when the payment was not made by us. */
  readonly orderId: string | null;
}

export type NoticeRefusalCode =
  /** Not signed with our secret: somebody else's, or a proxy changed the body. */
  | 'bad_signature'
  /** Signed, but too long ago: somebody may have recorded it. */
  | 'too_old'
  /** Signed, and not understood. */
  | 'unreadable';

export type NoticeAnswer =
  | PaymentNotice
  /** Genuine, about something that we do not follow. */
  | { readonly kind: 'ignored'; readonly eventId: string }
  | { readonly kind: 'refused'; readonly code: NoticeRefusalCode; readonly message: string };
