/** Sources that are Plimsoll itself: the region's own API, and the centre that forwards what leaves another region. */
export const HUB_SOURCE = 'plimsoll-hub'
export const CENTRE_SOURCE = 'plimsoll-centre'

export const isBuiltIn = (source: string): boolean => source === HUB_SOURCE || source === CENTRE_SOURCE
