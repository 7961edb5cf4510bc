/** `escpos` has no types; this is the part of 2.5.2 that the comparison calls. */
declare module 'escpos' {
  export class Printer {
    constructor(
      adapter: { write(bytes: Uint8Array, done?: () => void): void },
      options?: { encoding?: string },
    );
    encoding: string;
    align(where: 'lt' | 'ct' | 'rt'): this;
    style(what: 'b' | 'normal'): this;
    size(width: number, height: number): this;
    text(content: string): this;
    hardware(what: 'init'): this;
    barcode(code: string, type: string, options: object): this;
    qrcode(code: string, version?: number, level?: string, size?: number): this;
    raster(image: Image): this;
    cashdraw(pin: 2 | 5): this;
    cut(partial: boolean): this;
    flush(): this;
  }
  export interface Image {
    readonly data: readonly number[];
  }
  export const Image: new (pixels: { data: Uint8Array; shape: [number, number, number] }) => Image;
  export const Serial: new (port: string, options?: object) => object;
  export const USB: new (vendor?: number, product?: number) => object;
}
