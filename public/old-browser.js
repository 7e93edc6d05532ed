// Says what is missing where vexel cannot run, instead of an empty page. In the language of browsers that are older than the rest of it.
;(function () {
  // A function with one SIMD instruction: (func (result v128) i32.const 0 i8x16.splat).
  var simd = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11]
  var missing = []
  function need(name, isThere) {
    var has = false
    try {
      has = isThere()
    } catch (error) {
      // Not even that can be asked.
      has = !error
    }
    if (!has) missing.push(name)
  }
  need('OffscreenCanvas', function () {
    return typeof OffscreenCanvas === 'function'
  })
  need('WebAssembly SIMD', function () {
    return WebAssembly.validate(new Uint8Array(simd))
  })
  need('DecompressionStream', function () {
    return typeof DecompressionStream === 'function'
  })
  need('Array.prototype.toSorted', function () {
    return typeof Array.prototype.toSorted === 'function'
  })
  need('container queries', function () {
    return CSS.supports('container-type', 'inline-size')
  })
  if (missing.length === 0) return
  var note = document.createElement('p')
  note.id = 'old-browser'
  note.setAttribute('role', 'alert')
  note.style.cssText = 'margin: 0; padding: 1rem; font: 1rem/1.5 sans-serif; color: #fff; background: #a33'
  note.textContent =
    'This browser is older than vexel needs: it lacks ' +
    missing.join(', ') +
    '. Chrome and Edge 110, Firefox 115, Safari 16.4 and newer have all that.'
  document.body.insertBefore(note, document.body.firstChild)
})()
