import { expect, test } from 'vitest';
import { escPosReceiptCodec } from '#hardware/printer/escpos-receipt-codec.ts';
import { printerModel } from '#hardware/printer/printer-model.ts';
import { SAMPLE_RECEIPT } from '#hardware/printer/sample-receipt.ts';
import { decodeEscPos } from './escpos-decoder.ts';
import { receiptSvg } from './receipt-svg.ts';

const picture = (bytes: Uint8Array, dots = 576) => receiptSvg(decodeEscPos(bytes), dots);

test.each(['generic-80mm', 'generic-58mm'] as const)(
  'the golden picture of the seed’s sale on %s',
  async (id) => {
    const model = printerModel(id);
    const svg = picture(escPosReceiptCodec.encode(SAMPLE_RECEIPT, model, { copy: true }), model.dots);
    await expect(svg).toMatchFileSnapshot(`./golden/${id}.svg`);
  },
);

test('text is text and never markup', () => {
  const svg = picture(Buffer.from('<script>alert("1")</script>\n'));
  expect(svg).not.toContain('<script');
  expect(svg).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
});

test('bars wider than the paper are shown as missing, as they would be', () => {
  const svg = picture(Buffer.from('\u{1d}w\u{3}\u{1d}kI\u{15}{BSTORE-001-T1-000042', 'latin1'));
  expect(svg).toContain('code128 barcode is wider than the paper');
});

test('data that the symbology cannot hold is shown as missing', () => {
  const svg = picture(Buffer.from('\u{1d}k\u{2}not digits\u{0}', 'latin1'));
  expect(svg).toContain('ean13 barcode cannot be printed');
});
