/** Elements of the page. What comes from outside is only ever text: nothing here reads markup. */

/** Make an element: `on…` are listeners, other properties attributes; children are nodes or text. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value)
    else if (value !== false && value !== null && value !== undefined)
      made.setAttribute(name, value === true ? '' : value)
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined))
  return made
}

export const the = (id) => document.getElementById(id)

export const button = (text, press, properties = {}) =>
  element('button', { type: 'button', onclick: press, ...properties }, text)

export const heading = (level, text) => element(`h${level}`, {}, text)

export const list = (texts) => element('ul', {}, texts.map((text) => element('li', {}, text)))

/** A table with a caption for screen readers; the cells are nodes or text. */
export function table(label, columns, rows) {
  const head = element('tr', {}, columns.map((name) => element('th', { scope: 'col' }, name)))
  const body = rows.map((cells) => element('tr', {}, cells.map((cell) => element('td', {}, cell))))
  return element(
    'table', { 'aria-label': label }, element('thead', {}, head), element('tbody', {}, body),
  )
}

export function choices(select, values, chosen = select.value) {
  const [all] = select.options
  select.replaceChildren(all, ...values.map((value) => element('option', {}, value)))
  select.value = values.includes(chosen) ? chosen : ''
}

/** A labelled field of a form. */
export const field = (label, input) => element('label', {}, label, input)

/** Offer a value as a file to save. */
export function save(name, value) {
  const file = new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' })
  const address = URL.createObjectURL(file)
  element('a', { href: address, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(address), 1000)
}
