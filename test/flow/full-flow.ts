/** A flow of the parts that the first sample has none of. */
export const FULL_FLOW = `version: 1
flow: shop
parameters:
  most: 5
  region: { default: eu, one-of: [eu, us], about: where the shop is }
steps:
  enter:   { service: gateway, kind: server, route: "/orders/*", method: post }
  price:   { span: "/^price \\\\d+$/", attempts: 1..3 }
  ask:     { client: http, attempts: 2, hedged: true }
  store:   { client: neo4j, label: Order, status: ok }
  refuse:  { status: error, message: "*sold out*" }
  receipt:
    service: "shop-\${region}"
    attributes: { http.response.status_code: { at-least: 200, below: 300 }, debug: { present: false } }
    json: { tracecourt.step.output: { "items[0].sku": { like: "A*" }, total: 3 } }
order:
  sequence:
    - enter
    - any-of: [price, ask]
    - flow: writing
    - optional: receipt
flows:
  writing:
    choice: [store, refuse]
rules:
  - at-most: [price, "\${most}"]
  - response: [price, store]
    when: a.output.total > 0
    where: a.output.id == b.output.id
    within: 10ms..2s
  - init: enter
  - exclusive-choice: [store, refuse]
budgets:
  total: 1ms..2s
  price: { at-most: 300ms, per: attempt }
  enter -> store: { at-least: 1ms }
invariants:
  priced: steps.price.size() <= params.most
forbidden-attributes:
  - "*.card.*"
  - { value: "/\\\\b\\\\d{16}\\\\b/", service: gateway }
examples:
  accepts: ["enter price store receipt", "enter (price | ask) refuse"]
  rejects: ["enter store*2"]
  recorded: [good.jsonl, { file: bad.jsonl, finding: missing-step }]
`;
