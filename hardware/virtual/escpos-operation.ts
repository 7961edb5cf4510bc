/** How text looks at a moment, as the commands before it left the printer. */
export interface TextStyle {
  readonly bold: boolean;
  readonly underline: 0 | 1 | 2;
  readonly inverted: boolean;
  readonly font: 'A' | 'B' | 'C';
  /** Magnification, 1 to 8. */
  readonly width: number;
  readonly height: number;
  readonly align: Alignment;
}
export type Alignment = 'left' | 'center' | 'right';

/** One thing that a printer does. Times in milliseconds, lengths in dots. */
export type Operation =
  | { readonly kind: 'initialize' }
  | { readonly kind: 'text'; readonly text: string; readonly style: TextStyle }
  /** Ends the current row and feeds `rows - 1` empty ones. */
  | { readonly kind: 'feed_rows'; readonly rows: number }
  /** Ends the current row and moves the paper. */
  | { readonly kind: 'feed_dots'; readonly dots: number }
  | {
      readonly kind: 'barcode';
      readonly symbology: string;
      readonly data: string;
      readonly height: number;
      readonly moduleWidth: number;
      readonly caption: 'none' | 'above' | 'below' | 'both';
      readonly align: Alignment;
    }
  | { readonly kind: 'qr'; readonly data: string; readonly moduleWidth: number; readonly align: Alignment }
  /** One bit per dot, rows padded to bytes, 1 is black. */
  | {
      readonly kind: 'raster';
      readonly width: number;
      readonly height: number;
      readonly bits: Uint8Array;
      readonly align: Alignment;
    }
  | { readonly kind: 'cut'; readonly mode: 'full' | 'partial'; readonly feedDots: number }
  | {
      readonly kind: 'drawer_pulse';
      readonly pin: 2 | 5;
      readonly onMilliseconds: number;
      readonly offMilliseconds: number;
      /** By `DLE DC4`: it was acted upon when it arrived, not in its turn. */
      readonly realTime: boolean;
    }
  | { readonly kind: 'status_request'; readonly command: 'DLE EOT' | 'GS r'; readonly n: number }
  /** A command that changes how later ones print, and that leaves no mark itself. */
  | { readonly kind: 'setting'; readonly name: string; readonly value: number }
  /** Bytes this decoder does not understand. Never an exception: a printer does not throw either. */
  | { readonly kind: 'unknown'; readonly bytes: Uint8Array };
