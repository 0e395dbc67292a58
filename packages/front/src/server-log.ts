import pino, { type Level, type Logger } from 'pino';
import { GatheredLines } from './gathered-lines.ts';

/** The log of a server. To standard error, since standard output tells the starter what happens; what is gathered is written when the process ends. */
export function openServerLog(level: Level): Logger {
  const destination = pino.destination({ dest: 2, sync: false });
  const lines = new GatheredLines((text) => destination.write(text));
  process.once('exit', () => {
    lines.flush();
    destination.flushSync();
  });
  return pino({ level }, lines);
}
