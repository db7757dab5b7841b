// An in-memory host: component tests, and the window in a plain browser during development. Never part of a build.
import type { Host } from '../host';

export type Scenario = string;
export const scenarioFromUrl = (): Scenario => new URLSearchParams(location.search).get('fixture') ?? '';
export function fixtureHost(_scenario: Scenario): Host {
  throw new Error('not here yet');
}
