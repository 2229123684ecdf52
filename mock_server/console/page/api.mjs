/** The control API, as the console asks it: with the token, for the chosen session. */

/** The address may name a session, `/_session/NAME/_mock/`; the calls name it in a header. */
const [, PREFIX, NAMED] = location.pathname.match(/^(.*?)(?:\/_session\/([^/]+))?\/_mock\/$/)
const BASE = new URL(`${PREFIX}/_mock/`, location.origin)
export const SESSION_OF_ADDRESS = decodeURIComponent(NAMED ?? '')
const SECONDS_TO_RETRY = 1

/** What the control API answers instead: a problem document (RFC 9457). */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail ?? `The control API answers ${status}.`)
    this.status = status
    this.violations = problem.validation ?? []
  }
}

export class ControlApi {
  #token = null
  #asking = null

  /** `askToken` returns a promise of a token; it is asked for one if the server wants one. */
  constructor(token, askToken) {
    this.#token = token
    this.askToken = askToken
    this.session = ''
  }

  get = (path, query = {}) => this.#json('GET', path, query)
  post = (path, body) => this.#json('POST', path, {}, body)
  put = (path, body) => this.#json('PUT', path, {}, body)
  patch = (path, body) => this.#json('PATCH', path, {}, body)
  delete = (path) => this.#json('DELETE', path)

  async #json(method, path, query = {}, body = undefined) {
    const reply = await this.#reply(method, path, { query, body })
    return reply.status === 204 ? null : reply.json()
  }

  /** The reply to a call. A wrong token is asked for again. Throws Refusal. */
  async #reply(method, path, { query = {}, body, headers = {}, signal } = {}) {
    for (;;) {
      const token = this.#token
      const reply = await fetch(address(path, query), {
        method, signal, cache: 'no-store', credentials: 'omit',
        headers: { ...this.#headers(body), ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
      })
      if (reply.ok) return reply
      const problem = await reply.json().catch(() => ({}))
      if (reply.status !== 401) throw new Refusal(reply.status, problem)
      if (token === this.#token) await this.#newToken(problem.detail)
    }
  }

  #headers(body) {
    return {
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(this.#token === null ? {} : { Authorization: `Bearer ${this.#token}` }),
      ...(this.session ? { 'Mock-Session': this.session } : {}),
    }
  }

  /** However many calls are refused at once, the token is asked for once. */
  async #newToken(why) {
    this.#asking ??= this.askToken(why).finally(() => { this.#asking = null })
    this.#token = await this.#asking
  }

  /**
   * The summaries of all exchanges of the session, as they happen, until the signal aborts.
   *
   * `heard` gets those that came together; `state` gets `live`, or why it is not.
   */
  async summaries(heard, state, signal) {
    let last = 0
    const hear = (exchanges) => {
      last = exchanges.at(-1).id
      heard(exchanges)
    }
    while (!signal.aborted) {
      try {
        const headers = { 'Last-Event-ID': String(last) }
        const reply = await this.#reply('GET', 'exchanges/summaries', { headers, signal })
        state('live')
        await readEvents(reply.body, hear)
        state('The server has ended the stream; connecting again')
      } catch (error) {
        if (signal.aborted) return
        state(error instanceof Refusal ? error.message : 'No connection; trying again')
      }
      await new Promise((done) => setTimeout(done, SECONDS_TO_RETRY * 1000))
    }
  }

  /** Send a request to the mock itself, in the chosen session. */
  send({ method, target, headers = {}, body, body_base64: encoded }) {
    const content = encoded ? Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0)) : body
    const session = this.session ? { 'Mock-Session': this.session } : {}
    const mock = new URL(`..${target}`, BASE)
    return fetch(mock, { method, headers: { ...headers, ...session }, body: content })
  }
}

function address(path, query) {
  const found = new URL(path, BASE)
  for (const [name, value] of Object.entries(query))
    if (value !== null && value !== undefined) found.searchParams.set(name, value)
  return found
}

/** Read server-sent events; the JSON values that arrive together are given together. */
async function readEvents(stream, heard) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const events = (rest + value).split('\n\n')
    rest = events.pop()
    const found = events.flatMap(dataOf)
    if (found.length) heard(found)
  }
}

function dataOf(event) {
  const lines = event.split('\n').filter((line) => line.startsWith('data:'))
  return lines.length ? [JSON.parse(lines.map((line) => line.slice(5)).join('\n'))] : []
}
