/** One exchange in full: request, reply, violations, and why it ended as it did. */

import { button, element, heading, list, save, table, the } from './elements.mjs'

export class ExchangeView {
  #id = null

  /** `stub` opens the members of a stub in the editor. */
  constructor(api, guarded, stub) {
    this.api = api
    this.guarded = guarded
    this.stub = stub
    this.box = the('exchange')
  }

  clear() {
    this.#id = null
    this.box.replaceChildren()
  }

  /** Show the exchange of that id, unless another is chosen before it is there. */
  show(id) {
    this.#id = id
    return this.guarded(async () => {
      const [exchange, explanation, code] = await Promise.all(
        ['', '/explanation', '/code'].map((part) => this.api.get(`exchanges/${id}${part}`)),
      )
      if (this.#id !== id) return
      this.box.replaceChildren(
        heading(2, explanation.request),
        this.#buttons(exchange, code),
        ...violations(explanation.violations),
        ...why(explanation),
        ...message('Request', exchange.request),
        ...(exchange.reply ? message(`Reply ${exchange.reply.status}`, exchange.reply) : [noReply()]),
      )
      if (matchMedia('(max-width: 50rem)').matches) this.box.scrollIntoView()
    })
  }

  #buttons(exchange, { curl, pytest, stub }) {
    const shown = element('pre', { hidden: true, tabindex: '0', 'aria-label': 'Code' })
    const verdict = element('span', { role: 'status' })
    const copy = (text) => async () => {
      shown.textContent = text
      shown.hidden = false
      verdict.textContent = await copied(text)
    }
    return element('div', {},
      element('p', { class: 'buttons' },
        button('Make this a stub', () => this.stub(stub), { disabled: stub === null }),
        button('Copy as curl', copy(curl), { disabled: curl === null }),
        button('Copy as pytest', copy(pytest), { disabled: pytest === null }),
        button('Export HAR', () => this.guarded(() => this.#export(exchange.id))),
        verdict,
      ),
      shown,
    )
  }

  async #export(id) {
    const archive = await this.api.get('exchanges.har', { since: id - 1 })
    archive.log.entries = archive.log.entries.filter((entry) => entry._id === id)
    save(`exchange-${id}.har`, archive)
  }
}

/** Copy a text; without a secure context a page has no clipboard, and the text is there to select. */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text)
    return 'Copied'
  } catch {
    return 'The browser keeps the clipboard closed; copy the text below'
  }
}

const noReply = () => element('p', {}, 'The client left before there was a reply.')

function violations(found) {
  if (!found.length) return []
  const rows = found.map(({ location, message: text, rule, place }) => [
    location.join(' › '), text,
    place ? `${place.file}:${place.line}:${place.column}` : (rule ?? ''),
  ])
  return [heading(3, 'Violations'), table('Violations', ['Where', 'What', 'Rule'], rows)]
}

function why({ route, unserved, considered, chosen, body_was_cut: wasCut }) {
  const found = [heading(3, 'Why')]
  if (unserved) found.push(element('p', {}, unserved))
  if (route) found.push(element('p', {}, `${route.method} ${route.path} is ${route.operation}`))
  if (route?.notes.length) found.push(list(route.notes))
  if (wasCut) found.push(element('p', {}, 'Of its body only the part that was kept is looked at.'))
  if (considered.length) found.push(considerations(considered))
  if (chosen) found.push(element('p', {}, chosenText(chosen)))
  return found
}

function considerations(considered) {
  const rows = considered.map(({ source, applies, differences }) => [
    source, applies ? 'applies' : list(differences),
  ])
  return table('What was considered, in order', ['Considered', 'Why it did not apply'], rows)
}

function chosenText({ source, why: reason, status, fault }) {
  const chosen = `Chosen: ${source || 'nothing'}${reason ? `, because: ${reason}` : ''}; status ${status}`
  return fault ? `${chosen}; what went wrong on purpose: ${fault}` : chosen
}

function message(title, { headers, body }) {
  return [heading(3, title), table(`Headers of the ${title}`, ['Header', 'Value'], Object.entries(headers)),
    ...bodyNodes(title, body)]
}

function bodyNodes(title, body) {
  if (!body) return [element('p', {}, 'No body.')]
  const text = body.text === undefined ? body.base64 : pretty(body.text)
  const note = `${body.size} bytes${body.cut ? ', of which a part was kept' : ''}${body.base64 ? ', in base64' : ''}`
  return [element('p', {}, note), element('pre', { tabindex: '0', 'aria-label': `Body of the ${title}` }, text)]
}

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g

/** JSON with a member a line; each token stays as it was written, long numbers too. */
function pretty(text) {
  try {
    JSON.parse(text)
  } catch {
    return text
  }
  let depth = 0
  let before = ''
  return (text.match(TOKENS) ?? []).map((token) => {
    const isEnd = token === '}' || token === ']'
    const isEmpty = isEnd && (before === '{' || before === '[')
    if (isEnd) depth -= 1
    const starts = !isEmpty && (isEnd || before === '{' || before === '[' || before === ',')
    if (token === '{' || token === '[') depth += 1
    const indent = depth - (token === '{' || token === '[' ? 1 : 0)
    before = token
    return `${starts ? `\n${'  '.repeat(indent)}` : ''}${token}${token === ':' ? ' ' : ''}`
  }).join('')
}
