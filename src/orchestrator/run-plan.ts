import type { CompiledFlow, ScenarioRequest, TestScenario } from '../model/index.js';

/** A scenario with its flow loaded. */
export interface LoadedScenario {
  readonly scenario: TestScenario;
  readonly flow: CompiledFlow;
}

/** One request to send and judge. */
export interface RunCase {
  readonly loaded: LoadedScenario;
  readonly request: ScenarioRequest;
  readonly defects: readonly string[];
}

/** The requests of the scenarios in order, each with the same defects planted. */
export function planCases(scenarios: readonly LoadedScenario[], defects: readonly string[]): readonly RunCase[] {
  return scenarios.flatMap((loaded) => loaded.scenario.requests.map((request) => ({ loaded, request, defects })));
}

/** One scenario's requests again and again, with one set of defects after the other. */
export function planVariants(loaded: LoadedScenario, variants: readonly (readonly string[])[]): readonly RunCase[] {
  return variants.flatMap((defects) => planCases([loaded], defects));
}
