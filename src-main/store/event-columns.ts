/** `event_log` as an EventRecord, for SELECT. */
export const EVENT_COLUMNS = `event_id AS eventId, terminal_id AS terminalId, seq, event_type AS eventType,
  aggregate_id AS aggregateId, timestamp, location_id AS locationId, payload, metadata, prev_hash AS prevHash, hash`;
