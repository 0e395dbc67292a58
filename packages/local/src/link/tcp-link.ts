import { createServer, type AddressInfo, type Server } from 'node:net';
import { LinkConnection, type LinkTarget } from './link-connection.ts';
import type { LinkMode } from './link-mode.ts';

/**
 * A link that can be cut. Whoever is to depend on it is given an address of it in place of the real one; what it does to the bytes between is changed
 * while it runs, for all its addresses together.
 */
export class TcpLink {
  readonly #servers: Server[] = [];
  readonly #connections = new Set<LinkConnection>();
  #mode: LinkMode = { kind: 'open' };

  get mode(): LinkMode {
    return this.#mode;
  }

  set mode(mode: LinkMode) {
    this.#mode = mode;
    for (const connection of this.#connections) connection.modeChanged();
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** An address on this machine that leads to `target` over the link. */
  async to(target: LinkTarget): Promise<LinkTarget> {
    const server = createServer({ allowHalfOpen: true }, (client) => {
      if (this.#mode.kind === 'cut') return void client.resetAndDestroy();
      const connection: LinkConnection = new LinkConnection(
        client,
        target,
        () => this.#mode,
        () => this.#connections.delete(connection),
      );
      this.#connections.add(connection);
    });
    this.#servers.push(server);
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
    return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  }

  /** The same for a server at a URL, whose path is kept. */
  async toUrl(url: string): Promise<string> {
    const there = new URL(url);
    const { host, port } = await this.to({ host: there.hostname, port: Number(there.port) });
    there.hostname = host;
    there.port = String(port);
    return there.href.replace(/\/$/, url.endsWith('/') ? '/' : '');
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) connection.break();
    await Promise.all(this.#servers.map((server) => new Promise((closed) => server.close(closed))));
  }
}
