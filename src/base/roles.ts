/** What an account is for. docs/shell.md says what each role may do. */

/** The least first: each may do what those before it may. */
export type Role = "viewer" | "operator" | "admin";

const ROLES: readonly Role[] = Object.freeze(["viewer", "operator", "admin"]);

export function isRole(name: unknown): name is Role {
	return ROLES.includes(name as Role);
}

/** Whether a login with the first role may do what needs the second. */
export function reaches(role: Role, needed: Role): boolean {
	return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** The one of two roles that may do less. */
export function lesserRole(a: Role, b: Role): Role {
	return reaches(a, b) ? b : a;
}
