import { createClient } from './client/client/index.js';
import { latestInvocationsByKeys } from './client/sdk.gen.js';
import type { ErrorResponse, HashMap } from './client/types.gen.js';
import { zErrorResponse } from './client/zod.gen.js';

export type Invocation = HashMap[string];

/** What was answered instead of invocations; `answer` where it is an error as declared. */
export class ServiceError extends Error {
  readonly answer?: ErrorResponse;

  constructor(readonly status: number, body: unknown) {
    const { data } = zErrorResponse.safeParse(body);
    super(data ? `${status} ${data.error}: ${data.message}` : `${status}`);
    this.answer = data;
  }
}

export type Settings = {
  baseUrl: string;
  headers?: Record<string, string>;
  /** How to wait between two looks at an invocation; a test waits on the mock's clock instead. */
  wait?: (seconds: number) => Promise<void>;
};

const sleep = (seconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, 1000 * seconds));

/** Reads invocations; what comes is checked against the contract by the generated zod schemas. */
export class ChromaSync {
  readonly #client;
  readonly #wait;

  constructor({ baseUrl, headers, wait = sleep }: Settings) {
    this.#client = createClient({ baseUrl, headers });
    this.#wait = wait;
  }

  /** The latest invocation of each key that has one, by key. Throws a ServiceError. */
  async latest(source: string, keys: string[]): Promise<HashMap> {
    const { data, error, response } = await latestInvocationsByKeys({
      client: this.#client,
      path: { source_id: source },
      body: { object_keys: keys },
    });
    if (data === undefined) {
      throw new ServiceError(response.status, error);
    }
    return data;
  }

  /** Every state of a key's invocation until it is over, the last of them included. */
  async *states(source: string, key: string, seconds = 1): AsyncGenerator<string> {
    for (;;) {
      const invocation = (await this.latest(source, [key]))[key];
      if (invocation === undefined) {
        throw new Error(`${key} was never synced`);
      }
      const { status } = invocation;
      yield stateOf(status);
      if (isOver(status)) {
        return;
      }
      await this.#wait(seconds);
    }
  }
}

/** A status in words. */
export function stateOf(status: Invocation['status']): string {
  if (typeof status === 'string') {
    return status;
  }
  return 'failed' in status
    ? `failed: ${status.failed.error}`
    : `complete after ${status.complete.duration_ms} ms`;
}

function isOver(status: Invocation['status']): boolean {
  return status !== 'pending' && status !== 'processing';
}
