/** The operations of the contract: a button for each way in which one can answer. */

import { button, element, heading, the } from './elements.mjs'
import { statusClass } from './traffic.mjs'

export class Operations {
  #operations = []

  constructor(api, guarded, stub) {
    this.api = api
    this.guarded = guarded
    this.stub = stub
    the('find-operation').addEventListener('input', () => this.#list())
  }

  know(operations) {
    this.#operations = operations
    this.#list()
  }

  #list() {
    const sought = the('find-operation').value.toLowerCase()
    const found = this.#operations.filter((operation) => nameOf(operation).toLowerCase().includes(sought))
    the('operation-list').replaceChildren(...found.map((operation) => this.#entry(operation)))
  }

  /** What stands below an operation is made when it is opened. */
  #entry(operation) {
    const entry = element('details', {}, element('summary', {}, nameOf(operation)))
    entry.addEventListener('toggle', () => entry.append(...this.#ways(operation)), { once: true })
    return entry
  }

  #ways(operation) {
    const statuses = operation.statuses.map((code) =>
      button(code, () => this.#draft({ operation: operation.id, status: concrete(code, operation) })))
    const examples = operation.examples.map(({ status, media_type: type, name }) => {
      const wish = { operation: operation.id, status: concrete(status, operation), media_type: type, example: name }
      return button(`${name} (${status})`, () => this.#draft(wish))
    })
    return [
      ...labelled('Answer with a generated reply of a status', statuses),
      ...labelled('Answer with an example', examples),
      this.#errors(operation),
    ]
  }

  #draft(wish) {
    return this.guarded(async () => this.stub(await this.api.get('stubs/draft', wish)))
  }

  /** The requests that lead to each status: to try them takes seconds, so they are asked for. */
  #errors({ id }) {
    const box = element('div')
    const find = button('Find requests that lead to each status', () => this.guarded(async () => {
      find.disabled = true
      box.replaceChildren('Trying requests…')
      try {
        const { operations: [{ statuses }] } = await this.api.get('errors', { operation: id })
        box.replaceChildren(...statuses.flatMap((status) => this.#requests(status)))
      } finally {
        find.disabled = false
        if (box.textContent === 'Trying requests…') box.replaceChildren()
      }
    }))
    return element('div', {}, element('p', {}, find), box)
  }

  #requests({ status, requests, notes = [] }) {
    const sends = requests.map(({ shows, request }) => {
      const outcome = element('span', { role: 'status' })
      const send = button('Send', () => this.guarded(() => this.#send(request, outcome)), {
        'aria-label': `Send: ${status}, ${shows}`,
      })
      return element('li', {}, send, ` ${shows} `, outcome)
    })
    return [heading(3, String(status)), element('ul', {}, sends, notes.map((note) => element('li', {}, note)))]
  }

  async #send(request, outcome) {
    const { status } = await this.api.send(request)
    outcome.textContent = `answered ${status}`
    outcome.className = statusClass(status)
  }
}

const nameOf = ({ id, method, path }) => (id === `${method} ${path}` ? id : `${method} ${path} ${id}`)

const labelled = (text, buttons) =>
  buttons.length ? [element('p', {}, text), element('p', { class: 'buttons' }, buttons)] : []

/** A status that a declared one stands for: the first of a range that isn't declared itself. */
function concrete(code, { statuses }) {
  if (/^[0-9]+$/.test(code)) return Number(code)
  const hundreds = code === 'default' ? 500 : Number(code[0]) * 100
  const free = [...Array(100).keys()].map((n) => hundreds + n)
  return free.find((status) => !statuses.includes(String(status)))
}
