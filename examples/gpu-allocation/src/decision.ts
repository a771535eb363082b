/** A council member's answer. */
export type Vote = 'approve' | 'reject';
