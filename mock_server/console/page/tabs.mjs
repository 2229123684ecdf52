/** Views of which one is in sight (WAI-ARIA, tabs: the arrows move between them). */

const MOVES = { ArrowRight: 1, ArrowLeft: -1 }

export class Tabs {
  constructor(box, changed) {
    this.tabs = [...box.querySelectorAll('[role=tab]')]
    this.changed = changed
    box.addEventListener('click', (event) => {
      const tab = event.target.closest('[role=tab]')
      if (tab) this.choose(tab.getAttribute('aria-controls'))
    })
    box.addEventListener('keydown', (event) => this.#move(event))
  }

  get chosen() {
    return this.tabs.find((tab) => tab.getAttribute('aria-selected') === 'true')
      .getAttribute('aria-controls')
  }

  choose(name) {
    for (const tab of this.tabs) {
      const view = tab.getAttribute('aria-controls')
      tab.setAttribute('aria-selected', view === name)
      tab.tabIndex = view === name ? 0 : -1
      document.getElementById(view).hidden = view !== name
    }
    this.changed()
  }

  #move(event) {
    const step = MOVES[event.key]
    if (step === undefined) return
    const place = this.tabs.indexOf(document.activeElement)
    const next = this.tabs.at((place + step) % this.tabs.length)
    next.focus()
    this.choose(next.getAttribute('aria-controls'))
  }
}
