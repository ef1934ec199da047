// The memberships of a fuzzy set, among its keys.

export function membershipNames(set: object): string[] {
  return Object.keys(set).filter((key) => key !== 'indicator')
}
