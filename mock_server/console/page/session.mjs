/** The state of a session: clock, seed, faults, scenarios, stubs. Each is seen, set and reset. */

import { button, element, field, heading, table } from './elements.mjs'

const KINDS = ['', 'reset', 'close', 'truncated', 'malformed', 'content-length', 'chunk', 'drip', 'hang', '429', '503']

export class SessionView {
  /** `stub` opens the members of a stub in the editor; `forget` is called after a reset. */
  constructor(api, guarded, stub, forget) {
    this.api = api
    this.guarded = guarded
    this.stub = stub
    this.forget = forget
    this.box = document.getElementById('session')
    this.parts = [new ClockCard(this), new SeedCard(this), new FaultsCard(this),
      new ScenariosCard(this), new StubsCard(this), new SessionsCard(this)]
    this.box.append(element('div', { class: 'cards' }, this.parts.map((part) => part.card)))
  }

  know(operations) {
    this.parts[2].know(operations)
  }

  async refresh() {
    await Promise.all(this.parts.map((part) => part.refresh()))
  }

  /** Do something to the session, and show what it is then. */
  change(work) {
    return this.guarded(async () => {
      await work()
      await this.refresh()
    })
  }
}

/** One part of the state: what it is now stands in `shown`, what changes it below. */
class Card {
  constructor(view, title) {
    this.view = view
    this.api = view.api
    this.shown = element('div')
    this.card = element('section', { class: 'card', 'aria-label': title }, heading(2, title), this.shown)
  }

  row(...children) {
    this.card.append(element('div', { class: 'row' }, children))
  }

  press(text, work, properties = {}) {
    return button(text, () => this.view.change(work), properties)
  }

  list(label, columns, rows) {
    this.shown.replaceChildren(rows.length ? table(label, columns, rows) : element('p', {}, 'None.'))
  }
}

class ClockCard extends Card {
  constructor(view) {
    super(view, 'Clock')
    const by = element('input', { value: '1m', size: '6' })
    const moment = element('input', { placeholder: '2030-01-31T12:00:00Z', size: '22' })
    this.row(
      this.press('Freeze', () => this.api.patch('clock', { frozen: true })),
      this.press('Resume', () => this.api.patch('clock', { frozen: false })),
      this.press('Reset the clock', () => this.api.delete('clock')),
    )
    this.row(field('By', by), this.press('Advance', () => this.api.patch('clock', { advance: by.value })))
    this.row(field('Moment', moment), this.press('Set', () => this.api.patch('clock', { now: moment.value })))
  }

  async refresh() {
    const { now, frozen, offset } = await this.api.get('clock')
    const ahead = offset ? `, ${offset} s ahead of the machine's` : ''
    this.shown.replaceChildren(element('p', {}, `${now}${ahead}${frozen ? ', frozen' : ''}`))
  }
}

class SeedCard extends Card {
  constructor(view) {
    super(view, 'Seed')
    const seed = element('input', { size: '14' })
    this.row(field('Seed', seed), this.press('Use it', () => this.api.put('seed', { seed: seed.value })))
  }

  async refresh() {
    const { seed } = await this.api.get('seed')
    this.shown.replaceChildren(element('p', {}, `Generated values are made from “${seed}”.`))
  }
}

class FaultsCard extends Card {
  constructor(view) {
    super(view, 'Faults')
    const kind = element('select', {}, KINDS.map((name) => element('option', {}, name)))
    const delay = element('input', { placeholder: '250ms', size: '7' })
    const next = element('input', { type: 'number', min: '1', size: '4' })
    this.operation = element('select', {}, element('option', { value: '' }, 'all'))
    this.row(field('Fault', kind), field('Delay', delay), field('Next answers', next), field('Operation', this.operation))
    this.row(
      this.press('Add fault', () => this.api.post('faults', given({
        fault: kind.value, delay: delay.value, next: Number(next.value), operation: this.operation.value,
      }))),
      this.press('Take all away', () => this.api.delete('faults')),
    )
  }

  know(operations) {
    this.operation.append(...operations.map(({ id }) => element('option', {}, id)))
  }

  async refresh() {
    const { faults } = await this.api.get('faults')
    this.list('Faults', ['Rule', 'Left', ''], faults.map(({ id, left, ...rule }) => [
      Object.entries(rule).map(([name, value]) => `${name}: ${value}`).join(', '),
      String(left ?? '∞'),
      this.press('Remove', () => this.api.delete(`faults/${id}`), { 'aria-label': `Remove fault ${id}` }),
    ]))
  }
}

class ScenariosCard extends Card {
  constructor(view) {
    super(view, 'Scenarios')
    this.row(this.press('Restart all', () => this.api.delete('scenarios')))
  }

  async refresh() {
    const { scenarios } = await this.api.get('scenarios')
    this.list('Scenarios', ['Scenario', 'State'], scenarios.map(({ name, state, states }) => {
      const pick = element('select', { 'aria-label': `State of ${name}` }, states.map((one) => element('option', {}, one)))
      pick.value = state
      pick.addEventListener('change', () => this.view.change(
        () => this.api.put(`scenarios/${encodeURIComponent(name)}`, { state: pick.value })))
      return [name, pick]
    }))
  }
}

class StubsCard extends Card {
  constructor(view) {
    super(view, 'Stubs')
    this.row(this.press('Take all away', () => this.api.delete('stubs')))
  }

  async refresh() {
    const { stubs } = await this.api.get('stubs')
    this.list('Stubs', ['Operation', 'Name', ''], stubs.map((members) => {
      const { operation, name } = members
      const path = `stubs/${encodeURIComponent(operation)}/${encodeURIComponent(name)}`
      return [operation, name, element('span', { class: 'buttons' },
        button('Edit', () => this.view.stub(members), { 'aria-label': `Edit ${name} of ${operation}` }),
        this.press('Remove', () => this.api.delete(path), { 'aria-label': `Remove ${name} of ${operation}` }))]
    }))
  }
}

class SessionsCard extends Card {
  constructor(view) {
    super(view, 'Session')
    this.row(this.press('Reset this session', async () => {
      await this.api.post('reset')
      view.forget()
    }))
  }

  async refresh() {
    const { sessions } = await this.api.get('sessions')
    this.list('Sessions', ['Session', 'Exchanges', 'Stubs', 'Faults'], sessions.map(
      ({ name, exchanges, stubs, faults }) => [name ?? 'main', ...[exchanges, stubs, faults].map(String)]))
  }
}

/** The members that a form gives: an empty field gives none. */
const given = (members) => Object.fromEntries(Object.entries(members).filter(([, value]) => value))
