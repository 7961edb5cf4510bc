import { z } from 'zod';

/**
 * What must be known about a printer to lay out, encode and deliver a receipt. Facts only, as data: a new
 * printer is a new entry and no new code.
 */
export const printerModelSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Characters of font A on one line. */
  columns: z.int().min(24).max(96),
  /** Printable dots across; a barcode that is wider is dropped by the printer without a word. */
  dots: z.int().min(288).max(1024),
  /** The table that `ESC t number` selects, and the number this maker gave it. */
  codePage: z.object({ name: z.enum(['cp437', 'cp858', 'windows1252']), number: z.int().min(0).max(255) }),
  /** `none`: the cashier tears the paper; `feedLines`: from print head to blade. */
  cutter: z.object({ kind: z.enum(['none', 'partial', 'full']), feedLines: z.int().min(0).max(10) }),
  qrCode: z.boolean(),
  drawer: z.object({
    pin: z.union([z.literal(2), z.literal(5)]),
    onMilliseconds: z.int().min(2).max(510),
    offMilliseconds: z.int().min(2).max(510),
    /**
     * Knows `DLE DC4`, which opens the drawer even while the printer is out of paper. Only where the maker says
     * so: on a clone that ignores it the drawer would stay shut.
     */
    realTime: z.boolean(),
  }),
  /** Answers `DLE EOT n` and `GS r n`. A printer without it can only be trusted to have taken the bytes. */
  answersStatus: z.boolean(),
});
export type PrinterModel = z.infer<typeof printerModelSchema>;

/** 100 ms on, 500 ms off suits the solenoid of every common 24 V drawer. */
const DRAWER = { pin: 2, onMilliseconds: 100, offMilliseconds: 500 } as const;

/**
 * Columns are dots ÷ 12 of font A. Epson's TM-T88 prints 180 dpi, hence 42 columns on the same 80 mm paper on
 * which 203 dpi printers have 48: 48 there would wrap every line.
 */
export const PRINTER_MODELS = {
  'generic-80mm': {
    id: 'generic-80mm',
    name: 'ESC/POS printer, 80 mm, 203 dpi',
    columns: 48,
    dots: 576,
    codePage: { name: 'cp858', number: 19 },
    cutter: { kind: 'partial', feedLines: 4 },
    qrCode: true,
    drawer: { ...DRAWER, realTime: false },
    answersStatus: true,
  },
  'generic-80mm-mute': {
    id: 'generic-80mm-mute',
    name: 'ESC/POS printer, 80 mm, without status answers',
    columns: 48,
    dots: 576,
    codePage: { name: 'cp437', number: 0 },
    cutter: { kind: 'partial', feedLines: 4 },
    qrCode: true,
    drawer: { ...DRAWER, realTime: false },
    answersStatus: false,
  },
  'epson-tm-m30': {
    id: 'epson-tm-m30',
    name: 'Epson TM-m30 family, 80 mm',
    columns: 48,
    dots: 576,
    codePage: { name: 'cp858', number: 19 },
    cutter: { kind: 'partial', feedLines: 4 },
    qrCode: true,
    drawer: { ...DRAWER, realTime: true },
    answersStatus: true,
  },
  'epson-tm-t88': {
    id: 'epson-tm-t88',
    name: 'Epson TM-T88V, VI and VII, 80 mm',
    columns: 42,
    dots: 512,
    codePage: { name: 'cp858', number: 19 },
    cutter: { kind: 'partial', feedLines: 4 },
    qrCode: true,
    drawer: { ...DRAWER, realTime: true },
    answersStatus: true,
  },
  'generic-58mm': {
    id: 'generic-58mm',
    name: 'ESC/POS printer, 58 mm, without cutter or status answers',
    columns: 32,
    dots: 384,
    codePage: { name: 'cp437', number: 0 },
    cutter: { kind: 'none', feedLines: 4 },
    qrCode: true,
    drawer: { ...DRAWER, realTime: false },
    answersStatus: false,
  },
} as const satisfies Readonly<Record<string, PrinterModel>>;

export const printerModelIdSchema = z.enum([
  'generic-80mm',
  'generic-80mm-mute',
  'epson-tm-m30',
  'epson-tm-t88',
  'generic-58mm',
]);
export type PrinterModelId = z.infer<typeof printerModelIdSchema>;

export function printerModel(id: PrinterModelId): PrinterModel {
  return PRINTER_MODELS[id];
}
