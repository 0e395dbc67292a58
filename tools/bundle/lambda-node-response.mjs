// Stands in for the marker that tells Hono's Node server that an answer was written past it. A function has no such server and never
// returns the marker, and making it is what would load all of Node's fetch in every cold start, before a request needs it.
export const RESPONSE_ALREADY_SENT = undefined;
