/**
 * The two IPC channels between the page and the main process. What goes through them is the contract's
 * (`api/contract.ts`): a method's name with its request, and a push's name with its body. A new method needs no new channel.
 */
export const CALL_CHANNEL = 'holdfast:call';
export const PUSH_CHANNEL = 'holdfast:push';
