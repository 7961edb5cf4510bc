import { expect, it } from 'vitest';
import { createCloseStack } from './close-stack.ts';

it('closes all that was opened, the newest first, although one of them cannot be closed', async () => {
  const closed: string[] = [];
  const stack = createCloseStack();
  for (const name of ['database', 'bus', 'sockets']) {
    stack.push(async () => {
      closed.push(name);
      if (name === 'bus') throw new Error('the bus is stuck');
    });
  }
  await expect(stack.close()).rejects.toThrow('the bus is stuck');
  expect(closed).toEqual(['sockets', 'bus', 'database']);
  await stack.close();
  expect(closed).toHaveLength(3);
});
