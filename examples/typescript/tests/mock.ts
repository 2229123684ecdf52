import { randomUUID } from 'node:crypto';

const url = process.env.MOCK_SERVER_URL ?? 'http://127.0.0.1:4010';

/** A session of the mock for one test: its clock, stubs and faults are nobody else's. */
export class Mock {
  readonly baseUrl = url;
  readonly headers = { 'Mock-Session': randomUUID() };

  /** A session whose clock stands still, however slow the machine is. */
  static async start(): Promise<Mock> {
    const mock = new Mock();
    await mock.#control('PATCH', 'clock', { frozen: true });
    return mock;
  }

  /** Put the session's clock forward; nobody has to wait for what the mock does with time. */
  advance = (seconds: number) => this.#control('PATCH', 'clock', { advance: `${seconds}s` });

  /** Let answers go wrong, by a rule. */
  fault = (rule: object) => this.#control('POST', 'faults', rule);

  /** Answer an operation in this way, before all others. */
  stub = (reply: object) => this.#control('POST', 'stubs', reply);

  async #control(method: string, path: string, body: object): Promise<void> {
    const headers = { ...this.headers, 'Content-Type': 'application/json' };
    const init = { method, headers, body: JSON.stringify(body) };
    const reply = await fetch(`${this.baseUrl}/_mock/${path}`, init);
    if (!reply.ok) {
      throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
    }
  }
}
