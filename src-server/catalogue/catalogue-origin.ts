import { type Caller, mayTouchLocation, nameOf } from '../access/access.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { EVERYWHERE, type ServerOrigin } from '../log/event-log.ts';

/**
 * Who changes the catalogue, for the metadata of the event.
 * @throws {HttpFailure} `forbidden` for the key of one location: the catalogue is that of all of them.
 */
export function catalogueOrigin(caller: Caller): ServerOrigin {
  if (!mayTouchLocation(caller, EVERYWHERE)) {
    throw new HttpFailure('forbidden', 'This key is for one location, but the catalogue is that of all');
  }
  return { locationId: EVERYWHERE, now: new Date(), metadata: { user_id: nameOf(caller) } };
}
