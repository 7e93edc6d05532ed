// Numbers in the documentation's text that lead an attribute of a live flag.

/**
 * `<vexel-scrub of="ID" sets="ATTRIBUTE" from="0" to="1">0.4</vexel-scrub>`: a number in a sentence, as a slider with its value. `scale="log"`
 * makes equal ways equal factors, `as="gain:3:{}"` writes the value into a text, `label` says what it is. Where no script runs it is its text.
 */
class VexelScrub extends HTMLElement {
  connectedCallback() {
    if (this.querySelector('input')) return
    const [from, to] = [Number(this.getAttribute('from')), Number(this.getAttribute('to'))]
    const isLog = this.getAttribute('scale') === 'log'
    const forth = isLog ? Math.log : value => value
    const back = isLog ? Math.exp : value => value

    const slider = document.createElement('input')
    Object.assign(slider, { type: 'range', min: forth(from), max: forth(to), step: 'any' })
    slider.value = forth(Number(this.textContent))
    slider.setAttribute('aria-label', this.getAttribute('label'))
    const value = document.createElement('output')
    const show = () => {
      value.textContent = String(Number(back(slider.valueAsNumber).toPrecision(3)))
      slider.setAttribute('aria-valuetext', value.textContent)
    }
    slider.addEventListener('input', () => {
      show()
      const text = (this.getAttribute('as') ?? '{}').replace('{}', value.textContent)
      document.getElementById(this.getAttribute('of'))?.setAttribute(this.getAttribute('sets'), text)
    })
    show()
    this.replaceChildren(slider, value)
  }
}

customElements.define('vexel-scrub', VexelScrub)
