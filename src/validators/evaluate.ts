/** Works out an expression over named values. MUST be pure; what cannot be worked out is an error, never an exception. */
export type Evaluate = (
  expression: string,
  scope: Readonly<Record<string, unknown>>,
) => { readonly value: unknown } | { readonly error: string };
