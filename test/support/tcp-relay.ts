import { connect, createServer, type Server, type Socket } from 'node:net';

/** A relay in front of a server: it tells how much was asked, and can be cut. */
export class TcpRelay {
  /** Bytes that clients have sent. */
  sent = 0;
  private readonly sockets = new Set<Socket>();
  private cutOff = false;

  private constructor(
    private readonly server: Server,
    readonly address: string,
  ) {}

  static async to(target: string): Promise<TcpRelay> {
    const [host = '', port = ''] = target.split(':');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const own = server.address();
    const relay = new TcpRelay(server, `127.0.0.1:${typeof own === 'object' ? own?.port : own}`);
    server.on('connection', (socket) => relay.connect(socket, connect(Number(port), host)));
    return relay;
  }

  /** Drops all connections, and new ones until `mend`. */
  cut(): void {
    this.cutOff = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend(): void {
    this.cutOff = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private connect(client: Socket, target: Socket): void {
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    if (this.cutOff) {
      client.destroy();
      return;
    }
    client.on('data', (chunk) => {
      this.sent += chunk.length;
    });
    client.pipe(target).pipe(client);
  }
}
