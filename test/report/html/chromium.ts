import { existsSync } from 'node:fs'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** A Chromium that is installed, or the one that is named; undefined where there is none. */
export const chromium = process.env.CHROMIUM ?? places.find((place) => existsSync(place))
