import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ChromaSync, ServiceError, stateOf } from '../src/polling.js';
import { Mock } from './mock.js';

const HANDBOOK = '3b241101-e2bb-4255-8caf-4136c566a962';
const ARCHIVE = '178bda33-35fe-4b59-b46c-5e0d4e75d9d0';

/** A client whose waiting puts the mock's clock on. */
const clientOf = ({ baseUrl, headers, advance }: Mock, preferences = {}) =>
  new ChromaSync({ baseUrl, headers: { ...headers, ...preferences }, wait: advance });

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) {
    found.push(item);
  }
  return found;
}

test('the latest invocations come by key, and a key that was never synced is left out', async () => {
  const found = await clientOf(await Mock.start()).latest(ARCHIVE, ['SE', 'no such key']);
  assert.deepEqual(Object.keys(found), ['SE']);
  assert.equal(found['SE'].source_id, ARCHIVE);
});

test('an invocation is followed until it is complete', async () => {
  const states = await all(clientOf(await Mock.start()).states(HANDBOOK, 'polling/complete.md', 2));
  assert.deepEqual(states, ['pending', 'processing', 'processing', 'complete after 4000 ms']);
});

test('an invocation is followed until it has failed', async () => {
  const states = await all(clientOf(await Mock.start()).states(HANDBOOK, 'polling/failed.md', 2));
  const why = 'GitHub answered 502 while fetching polling/failed.md';
  assert.deepEqual(states, ['pending', 'processing', `failed: ${why}`]);
});

test('a test sees nothing of the clock of another', async () => {
  const [early, late] = [await Mock.start(), await Mock.start()];
  const state = async (mock: Mock) =>
    (await clientOf(mock).latest(HANDBOOK, ['polling/complete.md']))['polling/complete.md'].status;
  assert.deepEqual([await state(early), await state(late)], ['pending', 'pending']);
  await late.advance(2);
  assert.deepEqual([await state(early), await state(late)], ['pending', 'processing']);
});

for (const status of [400, 401, 403, 404, 500]) {
  test(`${status} is told as the service tells it`, async () => {
    const client = clientOf(await Mock.start(), { Prefer: `code=${status}` });
    await assert.rejects(client.latest(ARCHIVE, ['SE']), (thrown) => {
      assert(thrown instanceof ServiceError);
      assert.equal(thrown.status, status);
      assert(thrown.answer?.message);
      return true;
    });
  });
}

test('an error that the contract does not know is told by its status', async () => {
  const mock = await Mock.start();
  await mock.fault({ fault: '503', next: 1 });
  await assert.rejects(clientOf(mock).latest(ARCHIVE, ['SE']), { status: 503, answer: undefined });
  assert.deepEqual(Object.keys(await clientOf(mock).latest(ARCHIVE, ['SE'])), ['SE']);
});

test('an invocation that was cancelled is over', async () => {
  const mock = await Mock.start();
  const found = await clientOf(mock).latest(ARCHIVE, ['SE']);
  const body = { SE: { ...found['SE'], status: 'cancelled' } };
  await mock.stub({ operation: 'latest_invocations_by_keys', status: 200, body });
  assert.deepEqual(await all(clientOf(mock).states(ARCHIVE, 'SE')), ['cancelled']);
});

test('whatever the contract allows is read', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const client = clientOf(await Mock.start(), { Prefer: `dynamic=true, seed=${seed}` });
    const states = Object.values(await client.latest(HANDBOOK, ['SE'])).map((i) => stateOf(i.status));
    assert.notDeepEqual(states, []);
  }
});
