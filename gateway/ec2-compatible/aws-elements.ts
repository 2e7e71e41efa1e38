import type { Structure, StructureMember } from '../ec2-query-protocol/structure.ts';

/** Names that can be written as XML elements; AWS's own are of letters and digits. */
const NAME = /^[A-Za-z_][\w.-]*$/;

/**
 * Elements that the trail's API gives as AWS gave them, ready to be written again. They came as XML, so all are texts,
 * structures or sets with names of XML; whatever else an API gives is left out.
 */
export function structureOf(given: unknown): Structure {
  const elements = Object.entries(typeof given === 'object' && !Array.isArray(given) ? (given ?? {}) : {});
  const written = elements.flatMap(([name, value]) => {
    const element = NAME.test(name) ? asElement(value) : undefined;
    return element === undefined ? [] : [[name, element] as const];
  });
  return Object.fromEntries(written);
}

function asElement(value: unknown): StructureMember | undefined {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(asElement).filter((member) => member !== undefined);
  return typeof value === 'object' && value !== null ? structureOf(value) : undefined;
}
