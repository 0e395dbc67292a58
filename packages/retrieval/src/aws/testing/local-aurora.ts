import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { selfSigned } from './self-signed.ts';
import { failure, frame, int32, startupFields, WireFrames } from './wire-frames.ts';

export interface LocalAurora {
  readonly host: 'localhost';
  readonly port: number;
  readonly database: 'plinth';
  readonly master: { readonly username: 'plinth_master'; readonly password: string };
  /** Of the authority that vouches for it, PEM. */
  readonly authority: string;
  /** Users who signed in, in order. */
  readonly signedIn: readonly string[];
  close(): Promise<void>;
}

const MASTER = { username: 'plinth_master', password: 'not "simple"' } as const;
const SSL_REQUEST = 80_877_103;

/**
 * Aurora as a function meets it, in memory: PGlite behind PostgreSQL's protocol over TLS. The master signs in by password; anybody else by a
 * token of IAM, as a role that may log in and holds `rds_iam`, and works as that role alone.
 */
export async function startLocalAurora(): Promise<LocalAurora> {
  const { key, cert } = selfSigned();
  const database = await PGlite.create({ extensions: { vector } });
  await database.exec('CREATE ROLE rds_iam');
  const turns = new Turns();
  const signedIn: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    socket.once('data', (first: Buffer) => {
      if (first.readInt32BE(4) !== SSL_REQUEST)
        return socket.end(failure('28000', 'no pg_hba.conf entry, no encryption'));
      socket.write('S');
      const secure = new TLSSocket(socket, { isServer: true, key, cert });
      secure.on('error', () => socket.destroy());
      serve(secure, { database, turns, signedIn }).catch(() => socket.destroy());
    });
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return {
    host: 'localhost',
    port: (server.address() as AddressInfo).port,
    database: 'plinth',
    master: MASTER,
    authority: cert,
    signedIn,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
      await database.close();
    },
  };
}

interface Shared {
  readonly database: PGlite;
  readonly turns: Turns;
  readonly signedIn: string[];
}

async function serve(socket: TLSSocket, { database, turns, signedIn }: Shared): Promise<void> {
  const frames = new WireFrames();
  let user: string | undefined;
  let isIn = false;
  let asked: Buffer[] = [];
  let leave: (() => void) | undefined;
  const run = async (messages: Uint8Array) => {
    leave ??= await turns.take();
    const answer = await database.execProtocolRaw(messages);
    // The status of a transaction ends every answer: idle lets the next connection in.
    if (answer.at(-1) === 0x49) {
      leave();
      leave = undefined;
    }
    return answer;
  };
  try {
    for await (const bytes of socket as AsyncIterable<Buffer>) {
      frames.push(bytes);
      for (let message: Buffer | undefined; (message = frames.next(user !== undefined)) !== undefined;) {
        if (user === undefined) {
          user = startupFields(message)['user'] ?? '';
          socket.write(frame('R', int32(3)));
        } else if (!isIn) {
          const password = message.subarray(5, -1).toString();
          isIn = await mayEnter(database, turns, user, password);
          if (!isIn) return void socket.end(failure('28P01', `password authentication failed for user "${user}"`));
          signedIn.push(user);
          socket.write(Buffer.concat([frame('R', int32(0)), frame('Z', Buffer.from('I'))]));
        } else {
          const type = String.fromCharCode(message[0]!);
          if (type === 'X') return void socket.end();
          asked.push(type === 'Q' ? asRole(message, user) : message);
          if (type !== 'Q' && type !== 'S') continue;
          const messages = Buffer.concat(asked);
          asked = [];
          socket.write(await run(messages));
        }
      }
    }
  } finally {
    if (leave !== undefined) await run(frame('Q', Buffer.from('ROLLBACK\0')));
  }
}

/** PGlite has one user: what begins a transaction takes on the role of whoever signed in. */
function asRole(message: Buffer, user: string): Buffer {
  const text = message.subarray(5, -1).toString();
  if (user === MASTER.username || !text.startsWith('BEGIN')) return message;
  return frame('Q', Buffer.from(`${text}; SET LOCAL ROLE "${user}"\0`));
}

async function mayEnter(database: PGlite, turns: Turns, user: string, password: string): Promise<boolean> {
  if (user === MASTER.username) return password === MASTER.password;
  const token = URL.canParse(`https://${password}`) ? new URL(`https://${password}`).searchParams : undefined;
  if (token?.get('Action') !== 'connect' || token.get('DBUser') !== user || !token.has('X-Amz-Signature')) return false;
  const leave = await turns.take();
  try {
    const { rows } = await database.query(
      `SELECT FROM pg_roles WHERE rolname = $1 AND rolcanlogin AND pg_has_role(oid, 'rds_iam', 'member')`,
      [user],
    );
    return rows.length === 1;
  } finally {
    leave();
  }
}

/** One at a time, in order of arrival. */
class Turns {
  #last: Promise<void> = Promise.resolve();

  async take(): Promise<() => void> {
    const before = this.#last;
    let leave!: () => void;
    this.#last = new Promise((resolve) => (leave = resolve));
    await before;
    return leave;
  }
}
