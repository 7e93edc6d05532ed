// The install must succeed where the browser download is unreachable; src/cli/browser finds or installs one when it is needed.
module.exports = { skipDownload: true }
