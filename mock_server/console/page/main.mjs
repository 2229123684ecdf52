/** The console: what is chosen at the top of the page, and the views below it. */

import { ControlApi, SESSION_OF_ADDRESS } from './api.mjs'
import { Coverage } from './coverage.mjs'
import { Editor } from './editor.mjs'
import { element, the } from './elements.mjs'
import { ExchangeView } from './exchange.mjs'
import { Operations } from './operations.mjs'
import { SessionView } from './session.mjs'
import { Tabs } from './tabs.mjs'
import { Traffic } from './traffic.mjs'

const MILLISECONDS_BETWEEN_LOOKS = 1000

class Console {
  #streaming = new AbortController()
  #isLooking = false

  constructor(api) {
    this.api = api
    const guarded = (work) => this.guarded(work)
    this.editor = new Editor(api, guarded)
    const stub = (members) => this.edit(members)
    this.exchange = new ExchangeView(api, guarded, stub)
    this.traffic = new Traffic(api, guarded, (id) => this.exchange.show(id))
    this.operations = new Operations(api, guarded, stub)
    this.session = new SessionView(api, guarded, stub, () => this.forget())
    this.coverage = new Coverage(api)
    this.tabs = new Tabs(the('tabs'), () => this.look())
    the('session-name').addEventListener('change', (event) => this.choose(event.target.value))
  }

  async start() {
    await this.guarded(async () => {
      const contract = await this.api.get('contract')
      the('title').textContent = contract.title
      document.title = `${contract.title}: console`
      this.traffic.know(contract.operations)
      this.operations.know(contract.operations)
      this.session.know(contract.operations)
    })
    this.choose(SESSION_OF_ADDRESS)
    await this.nameSessions()
  }

  /** Do some work, and show why it can't be done if it can't. */
  async guarded(work) {
    try {
      await work()
      this.notify('')
    } catch (error) {
      this.notify(error.message)
    }
  }

  notify(text) {
    the('notice').textContent = text
    the('notice').hidden = !text
  }

  /** Show another session: its traffic from the start, and its state. */
  choose(name) {
    this.#streaming.abort()
    this.#streaming = new AbortController()
    this.api.session = name
    this.forget()
    const heard = (exchanges) => {
      this.traffic.add(exchanges)
      this.lookSoon()
    }
    this.api.summaries(heard, (state) => this.#connection(state), this.#streaming.signal)
    this.look()
  }

  /** Show no exchange of before: the session has forgotten them. */
  forget() {
    this.traffic.begin()
    this.exchange.clear()
  }

  #connection(state) {
    the('connection').textContent = state
  }

  async nameSessions() {
    const { sessions } = await this.api.get('sessions')
    const names = sessions.map(({ name }) => name ?? '')
    const shown = [...the('session-name').options].map(({ value }) => value)
    if (names.join() === shown.join()) return
    const options = names.map((name) => element('option', { value: name }, name || 'main'))
    the('session-name').replaceChildren(...options)
    the('session-name').value = this.api.session
  }

  /** Read anew what the view in sight shows, once the exchanges stop coming for a moment. */
  lookSoon() {
    if (this.#isLooking) return
    this.#isLooking = true
    setTimeout(() => this.look().finally(() => { this.#isLooking = false }), MILLISECONDS_BETWEEN_LOOKS)
  }

  async look() {
    const view = { session: this.session, coverage: this.coverage }[this.tabs.chosen]
    if (view) await this.guarded(() => view.refresh())
    await this.nameSessions().catch(() => {})
  }

  edit(members) {
    this.tabs.choose('operations')
    this.editor.open(members)
  }
}

/** The token of the address, which doesn't stay there: it would be seen, and be in the history. */
function tokenOfAddress() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token')
  if (token !== null) history.replaceState(null, '', location.pathname + location.search)
  return token
}

function askToken(why) {
  const dialog = the('ask-token')
  the('ask-token-why').textContent = why
  the('token').value = ''
  dialog.showModal()
  return new Promise((done) => {
    dialog.addEventListener('close', () => done(the('token').value), { once: true })
  })
}

new Console(new ControlApi(tokenOfAddress(), askToken)).start()
