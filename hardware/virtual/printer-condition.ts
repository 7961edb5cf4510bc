import { z } from 'zod';

/** What can be wrong with the virtual printer, told at run time by a test or by the page. */
export const printerConditionSchema = z.object({
  paper: z.enum(['ok', 'near_end', 'out']),
  cover: z.enum(['closed', 'open']),
  /**
   * `no_status`: prints, never answers. `silent`: accepts the connection and does nothing more.
   * `close_mid_job`: hangs up after some bytes of the job.
   */
  behaviour: z.enum(['normal', 'no_status', 'silent', 'close_mid_job']),
  /** How fast it works through its buffer; `null` is at once. */
  bytesPerSecond: z.int().min(1).max(1_000_000).nullable(),
});
export type PrinterCondition = z.infer<typeof printerConditionSchema>;

export const printerConditionChangeSchema = printerConditionSchema.partial();
/** Fields that are absent stay as they are. */
export type PrinterConditionChange = { [K in keyof PrinterCondition]?: PrinterCondition[K] | undefined };

export const HEALTHY: PrinterCondition = {
  paper: 'ok',
  cover: 'closed',
  behaviour: 'normal',
  bytesPerSecond: null,
};

/** Out of paper or open, a printer takes bytes and lets them wait. */
export function canPrint(condition: PrinterCondition): boolean {
  return condition.paper !== 'out' && condition.cover === 'closed';
}

/** Answer to `DLE EOT n` by the bits of Epson's command reference; an open drawer holds pin 3 high. */
export function realTimeStatus(n: number, condition: PrinterCondition, drawerOpen: boolean): number {
  const fixed = 0x12;
  switch (n) {
    case 1:
      return fixed | (drawerOpen ? 0x04 : 0) | (canPrint(condition) ? 0 : 0x08);
    case 2:
      return fixed | (condition.cover === 'open' ? 0x04 : 0) | (condition.paper === 'out' ? 0x20 : 0);
    case 4:
      return fixed | (condition.paper === 'ok' ? 0 : 0x0c) | (condition.paper === 'out' ? 0x60 : 0);
    default:
      return fixed;
  }
}

/** Answer to `GS r n`: 1 is the paper sensor, 2 the drawer. */
export function sensorStatus(n: number, condition: PrinterCondition, drawerOpen: boolean): number {
  if (n === 2) return drawerOpen ? 1 : 0;
  return (condition.paper === 'ok' ? 0 : 0x03) | (condition.paper === 'out' ? 0x0c : 0);
}
