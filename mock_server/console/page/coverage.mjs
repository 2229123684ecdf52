/** What of the contract was met by now, in all sessions. */

import { element, heading, table, the } from './elements.mjs'

const MOST_SHOWN = 200

export class Coverage {
  constructor(api) {
    this.api = api
    this.box = the('coverage')
    this.figures = element('div', { role: 'status' })
    this.missing = element('div')
    this.box.append(heading(2, 'Coverage of the contract'), this.figures, heading(2, 'Not met yet'), this.missing)
  }

  async refresh() {
    const { exchanges, figures, parts } = await this.api.get('coverage')
    const rows = Object.entries(figures).map(([kind, { met, of, percent }]) => [
      kind, `${met} of ${of}`, `${percent} %`,
      element('progress', { max: '100', value: String(percent), 'aria-label': kind }),
    ])
    this.figures.replaceChildren(
      element('p', {}, `${exchanges.counted} exchanges counted.`),
      table('Coverage by kind', ['Kind', 'Met', 'Percent', ''], rows),
    )
    const others = parts.filter(({ met }) => !met)
    const missing = others.slice(0, MOST_SHOWN).map(({ kind, operation, name, file, line }) => [
      kind, operation ?? '', name, file ? `${file}:${line}` : '',
    ])
    const more = others.length - missing.length
    this.missing.replaceChildren(
      table('Not met yet', ['Kind', 'Operation', 'What', 'Where'], missing),
      element('p', {}, more ? `and ${more} more; all of them: mock-server coverage` : ''),
    )
  }
}
