/** The traffic of a session: every exchange in a line, as far as the filter lets it pass. */

import { choices, element, save, the } from './elements.mjs'
import { VirtualList } from './virtual_list.mjs'

const MOST_EXCHANGES = 10_000
const FILTERS = ['operation', 'status', 'source', 'path', 'violations']

export class Traffic {
  #all = []
  #shown = []
  #sources = new Set()

  constructor(api, guarded, choose) {
    this.api = api
    this.list = new VirtualList(the('list'), cells, ({ id }) => choose(id))
    for (const name of FILTERS)
      for (const event of ['input', 'change'])
        the(`filter-${name}`).addEventListener(event, () => this.#filter())
    the('export').addEventListener('click', () => guarded(() => this.#export()))
    the('clear').addEventListener('click', () => guarded(() => this.#clear()))
  }

  /** Name the operations that can be filtered by. */
  know(operations) {
    choices(the('filter-operation'), operations.map(({ id }) => id))
  }

  begin() {
    this.#all = []
    this.#filter()
  }

  /** Add exchanges that came; ids that begin anew are those of a server that was started anew. */
  add(exchanges) {
    if (this.#all.length && exchanges[0].id <= this.#all.at(-1).id) this.#all = []
    this.#all.push(...exchanges)
    if (this.#all.length > MOST_EXCHANGES) this.#all = this.#all.slice(-MOST_EXCHANGES)
    this.#nameSources(exchanges)
    this.#filter()
  }

  #nameSources(exchanges) {
    const before = this.#sources.size
    for (const { source } of exchanges) if (source) this.#sources.add(kindOf(source))
    if (this.#sources.size > before) choices(the('filter-source'), [...this.#sources].sort())
  }

  #filter() {
    this.#shown = this.#all.filter(wanted())
    const [shown, all] = [this.#shown.length, this.#all.length]
    the('count').textContent = shown === all ? `${all} exchanges` : `${shown} of ${all} exchanges`
    this.list.show(this.#shown)
  }

  async #export() {
    const archive = await this.api.get('exchanges.har')
    const ids = new Set(this.#shown.map(({ id }) => id))
    archive.log.entries = archive.log.entries.filter((entry) => ids.has(entry._id))
    save('exchanges.har', archive)
  }

  async #clear() {
    await this.api.delete('exchanges')
    this.begin()
  }
}

/** What the filter lets pass. */
function wanted() {
  const [operation, status, source, path] = FILTERS.slice(0, 4).map((n) => the(`filter-${n}`).value)
  const onlyViolations = the('filter-violations').checked
  return (exchange) =>
    (!operation || exchange.operation === operation) &&
    (!status || rangeOf(exchange.status) === status) &&
    (!source || kindOf(exchange.source ?? '') === source) &&
    (!path || targetOf(exchange).includes(path)) &&
    (!onlyViolations || exchange.violations > 0)
}

const rangeOf = (status) => (status === null ? 'none' : `${Math.floor(status / 100)}XX`)
const kindOf = (source) => source.split(':')[0]
const targetOf = ({ path, query }) => (query ? `${path}?${query}` : path)

export function statusClass(status) {
  if (status === null || status >= 500) return 'bad'
  return status >= 400 ? 'warn' : 'good'
}

const timeOf = (moment) => new Date(moment).toLocaleTimeString([], { hourCycle: 'h23' })

/** A sign before what broke the contract; a screen reader says what the sign counts. */
function marked(violations) {
  if (!violations) return []
  const counted = ` violation${violations > 1 ? 's' : ''}`
  return [' ', element('span', { class: 'bad' }, `⚠ ${violations}`, element('span', { class: 'unseen' }, counted))]
}

function cells(exchange) {
  const { started, method, status, source, seconds, violations } = exchange
  return [
    element('span', { class: 'time' }, timeOf(started)),
    element('span', { class: 'method' }, method),
    element('span', { class: 'target' }, element('bdi', {}, targetOf(exchange))),
    element('span', { class: `status ${statusClass(status)}` }, String(status ?? '—'), ...marked(violations)),
    element('span', { class: 'source' }, source || '—'),
    element('span', { class: 'took' }, `${(seconds * 1000).toFixed(1)} ms`),
  ]
}
