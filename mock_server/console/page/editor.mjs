/** The editor of a stub: the server says what is wrong with it while it is written. */

import { list, the } from './elements.mjs'
import { Refusal } from './api.mjs'

const MILLISECONDS_TO_REST = 250

export class Editor {
  #timer = null
  #turn = 0
  #draft = null

  constructor(api, guarded) {
    this.api = api
    this.text = the('editor-text')
    this.text.addEventListener('input', () => this.#checkSoon())
    the('editor').addEventListener('submit', (event) => {
      event.preventDefault()
      guarded(() => this.#add())
    })
    the('editor-another').addEventListener('click', () => guarded(() => this.#another()))
  }

  /** Open the members of a stub, to be changed. */
  open(members) {
    this.#show(members)
    this.text.focus()
    this.text.setSelectionRange(0, 0)
    this.text.scrollTop = 0
  }

  #show(members) {
    this.text.value = JSON.stringify(members, null, 2)
    this.text.scrollTop = 0
    this.#check()
  }

  #checkSoon() {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#check(), MILLISECONDS_TO_REST)
  }

  /** Have the server judge what is there; an answer to an older text is of no interest. */
  async #check() {
    const turn = (this.#turn += 1)
    const verdict = await this.#verdict()
    if (turn === this.#turn) this.#tell(verdict)
  }

  async #verdict() {
    try {
      this.#draft = JSON.parse(this.text.value)
    } catch (error) {
      this.#draft = null
      return [`This is no JSON: ${error.message}`]
    }
    try {
      await this.api.post('stubs/check', this.#draft)
      return []
    } catch (error) {
      const places = error instanceof Refusal ? error.violations : []
      return places.length ? places.map(placed) : [error.message]
    }
  }

  #tell(wrong) {
    this.text.setAttribute('aria-invalid', wrong.length > 0)
    the('editor-add').disabled = wrong.length > 0
    the('editor-another').disabled = !this.#draft?.operation
    the('editor-verdict').replaceChildren(wrong.length ? list(wrong) : 'The contract allows it.')
  }

  async #add() {
    const added = await this.api.post('stubs', JSON.parse(this.text.value))
    the('editor-verdict').replaceChildren(`Added: ${added.name} answers ${added.operation} from now on.`)
  }

  /** Another generated body for the same status, between the same other members. */
  async #another() {
    const { operation, status, media_type: type } = this.#draft
    const seed = crypto.getRandomValues(new Uint32Array(1))[0].toString(36)
    const made = await this.api.get('stubs/draft', { operation, status, media_type: type, seed })
    this.#show({ ...this.#draft, ...made })
  }
}

const placed = ({ location, message }) => `${location.slice(2).join(' › ') || 'The stub'}: ${message}`
