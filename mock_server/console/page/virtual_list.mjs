/** A list of which only the rows in sight are in the page, so ten thousand cost no more than ten. */

const ROWS_AROUND = 6
const MOVES = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity }

export class VirtualList {
  #rows = new Map()
  #items = []
  #active = null
  #isDrawn = true

  /** `rowOf` makes the cells of an item, which has an `id`; `choose` is called with the chosen one. */
  constructor(box, rowOf, choose) {
    this.box = box
    this.rowOf = rowOf
    this.choose = choose
    this.space = box.appendChild(document.createElement('div'))
    this.space.setAttribute('role', 'presentation')
    box.addEventListener('scroll', () => this.draw())
    box.addEventListener('keydown', (event) => this.#move(event))
    box.addEventListener('click', (event) => this.#click(event))
    new ResizeObserver(() => this.draw()).observe(box)
  }

  /** Show these items, the last one first; what is in sight stays where it is. */
  show(items) {
    const more = items.length - this.#items.length
    this.#items = items
    if (this.box.scrollTop > 0 && more > 0) this.box.scrollTop += more * this.#height
    this.draw()
  }

  /** Draw what is in sight, before the next frame. */
  draw() {
    if (!this.#isDrawn) return
    this.#isDrawn = false
    requestAnimationFrame(() => {
      this.#isDrawn = true
      this.#draw()
    })
  }

  get #height() {
    return matchMedia('(max-width: 50rem)').matches ? 44 : 36
  }

  #at(index) {
    return this.#items[this.#items.length - 1 - index]
  }

  #draw() {
    const height = this.#height
    this.space.style.height = `${this.#items.length * height}px`
    const first = Math.max(0, Math.floor(this.box.scrollTop / height) - ROWS_AROUND)
    const count = Math.ceil(this.box.clientHeight / height) + 2 * ROWS_AROUND
    const kept = new Map()
    for (let index = first; index < Math.min(first + count, this.#items.length); index += 1) {
      const item = this.#at(index)
      const row = this.#rows.get(item) ?? this.#row(item)
      row.style.top = `${index * height}px`
      row.setAttribute('aria-posinset', index + 1)
      row.setAttribute('aria-setsize', this.#items.length)
      row.setAttribute('aria-selected', item.id === this.#active)
      kept.set(item, row)
    }
    for (const [item, row] of this.#rows) if (!kept.has(item)) row.remove()
    this.#rows = kept
    this.#nameActive()
  }

  #row(item) {
    const row = document.createElement('div')
    row.setAttribute('role', 'option')
    row.id = `exchange-${item.id}`
    row.append(...this.rowOf(item))
    return this.space.appendChild(row)
  }

  #nameActive() {
    const id = `exchange-${this.#active}`
    if (document.getElementById(id)) this.box.setAttribute('aria-activedescendant', id)
    else this.box.removeAttribute('aria-activedescendant')
  }

  #click(event) {
    const row = event.target.closest('[role=option]')
    const item = this.#items.find(({ id }) => row?.id === `exchange-${id}`)
    if (item) this.#choose(item)
  }

  #move(event) {
    const step = MOVES[event.key]
    if (step === undefined || !this.#items.length) return
    event.preventDefault()
    const place = this.#items.findIndex(({ id }) => id === this.#active)
    const now = place < 0 ? -1 : this.#items.length - 1 - place
    const index = Math.min(Math.max(now + step, 0), this.#items.length - 1)
    this.#reveal(index)
    this.#choose(this.#at(index))
  }

  #reveal(index) {
    const [top, height] = [index * this.#height, this.#height]
    const { scrollTop, clientHeight } = this.box
    if (top < scrollTop) this.box.scrollTop = top
    else if (top + height > scrollTop + clientHeight) this.box.scrollTop = top + height - clientHeight
  }

  #choose(item) {
    this.#active = item.id
    this.draw()
    this.choose(item)
  }
}
