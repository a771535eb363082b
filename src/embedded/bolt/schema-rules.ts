import { BoltFailure } from './failure.js';
import type { SchemaCommand, SchemaRule } from './schema-command.js';

export type NamedRules = ReadonlyMap<string, SchemaRule>;

/** What a command comes to, with the rules that are there. */
export type SchemaStep =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'create' | 'drop'; readonly name: string; readonly rule: SchemaRule };

/** Throws BoltFailure, with Neo4j's code, when the rules that are there stand against it. */
export function planSchemaChange(command: SchemaCommand, rules: NamedRules): SchemaStep {
  return command.action === 'drop' ? planDrop(command, rules) : planCreate(command, rules);
}

function planDrop(
  { name, ifThere, isIndex }: Extract<SchemaCommand, { action: 'drop' }>,
  rules: NamedRules,
): SchemaStep {
  const rule = rules.get(name);
  if (rule && (rule.kind === 'INDEX') === isIndex) return { kind: 'drop', name, rule };
  const what = isIndex ? 'Index' : 'Constraint';
  if (isIndex && rule)
    throw schemaError('IndexDropFailed', `Unable to drop index: it belongs to constraint \`${name}\`.`);
  if (ifThere) return { kind: 'nothing' };
  throw schemaError(`${what}DropFailed`, `Unable to drop ${what.toLowerCase()} \`${name}\`: there is none.`);
}

/** In Neo4j's order: the very same, another with its name, another for the same properties. */
function planCreate(command: Extract<SchemaCommand, { action: 'create' }>, rules: NamedRules): SchemaStep {
  const { rule, unlessThere } = command;
  const name = command.name ?? freeName(rule, rules);
  const [twinName, twin] = findTwin(rule, rules) ?? [];
  const isIndexInTheWay = twin?.kind === 'INDEX' && rule.kind !== 'INDEX';
  if (unlessThere && (rules.has(name) || (twin && !isIndexInTheWay))) return { kind: 'nothing' };
  if (twin && twin.kind === rule.kind && (command.name === undefined || twinName === name))
    throw equivalent(rule, twinName);
  const namesake = rules.get(name);
  if (namesake) throw clash(`${wordOf(namesake)}WithNameAlreadyExists`, `There already exists one called '${name}'.`);
  if (twin) throw clash(`${wordOf(twin)}AlreadyExists`, `There already exists '${twinName}' for ${schemaText(rule)}.`);
  return { kind: 'create', name, rule };
}

/** A rule for the same properties: a uniqueness constraint has an index of its own, existence needs none. */
function findTwin(rule: SchemaRule, rules: NamedRules): readonly [string, SchemaRule] | undefined {
  return [...rules].find(([, other]) => schemaText(other) === schemaText(rule) && isOneKind(other, rule));
}

function isOneKind(a: SchemaRule, b: SchemaRule): boolean {
  return a.kind === b.kind || (a.kind !== 'NOT NULL' && b.kind !== 'NOT NULL');
}

function freeName({ kind, label, properties }: SchemaRule, rules: NamedRules): string {
  const base = `${kind === 'INDEX' ? 'index' : 'constraint'}_${[label, ...properties].join('_').replaceAll(/\W/g, '_')}`;
  let name = base;
  for (let i = 2; rules.has(name); i++) name = `${base}_${i}`;
  return name;
}

function wordOf({ kind }: SchemaRule): string {
  return kind === 'INDEX' ? 'Index' : 'Constraint';
}

/** `(:Label {a, b})`. */
export function schemaText({ label, properties }: SchemaRule): string {
  return `(:${label} {${properties.join(', ')}})`;
}

function equivalent(rule: SchemaRule, name: string | undefined): BoltFailure {
  const what = wordOf(rule).toLowerCase();
  const message = `An equivalent ${what} already exists, '${name}' for ${schemaText(rule)}.`;
  return clash('EquivalentSchemaRuleAlreadyExists', message);
}

function clash(code: string, message: string): BoltFailure {
  return new BoltFailure(`Neo.ClientError.Schema.${code}`, message);
}

/** Neo4j calls it an error of the database. */
export function schemaError(code: string, message: string): BoltFailure {
  return new BoltFailure(`Neo.DatabaseError.Schema.${code}`, message);
}
